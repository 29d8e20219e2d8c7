/*
 * ip_options: the options of IPv4, IPv6 and what goes over them, by level; for
 * inet, inet6 and the families whose sockets pass them on (smc).
 */
#ifndef FAMILIES_IP_OPTIONS_H
#define FAMILIES_IP_OPTIONS_H

#include "family/family.h"
#include "shared/options.h"

/* The levels of each family. */
extern const struct option_level inet_levels[];
extern const struct option_level inet6_levels[];

/* The options of one level each, ended by constant NULL. */
extern const struct option_name ip_options[];
extern const struct option_name ip_groups[];	/* of SOL_IP: multicast */
extern const struct option_name ipv6_options[];
extern const struct option_name ipv6_groups[];
extern const struct option_name ipv6_headers[];
extern const struct option_name icmp_options[];
extern const struct option_name icmpv6_options[];
extern const struct option_name raw6_options[];
extern const struct option_name tcp_options[];
extern const struct option_name tcp_repair[];
extern const struct option_name tcp_keys[];	/* for a peer of IPv4 */
extern const struct option_name tcp6_keys[];	/* and of IPv6 */
extern const struct option_name tls_options[];
extern const struct option_name mptcp_options[];
extern const struct option_name udp_options[];
extern const struct option_name udplite_options[];
extern const struct option_name sctp_options[];
extern const struct option_name sctp_features[];
extern const struct option_name dccp_options[];

/* What is read as an address: in text, as inet_ntop() has it. */
option_teller ipv4_tell_address;
option_teller ipv6_tell_address;

#endif
