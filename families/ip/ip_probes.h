/*
 * ip_probes: the probes of inet and inet6. They are one list, which both
 * families have: each says by type, protocol or family what it is for.
 */
#ifndef FAMILIES_IP_PROBES_H
#define FAMILIES_IP_PROBES_H

#include "probes/probe.h"

extern const struct probe *const ip_probes[];

/* dual_stack_probes.c */
extern const struct probe ip_mapped_peer;
extern const struct probe ip_v6only_default;
extern const struct probe ip_v6only_client;
extern const struct probe ip_bind_both;
extern const struct probe ip_bind_v6only;

/* ip_bind_probes.c */
extern const struct probe ip_bind_foreign;
extern const struct probe ip_bind_freely;
extern const struct probe ip_bind_loopback;
extern const struct probe ip_bind_group;
extern const struct probe ip_bind_broadcast;
extern const struct probe ip_connect_any;

/* udp_error_probes.c */
extern const struct probe ip_udp_connected;
extern const struct probe ip_udp_unconnected;
extern const struct probe ip_udp_queued;
extern const struct probe ip_udp_error_queue;
extern const struct probe ip_udp_poll;
extern const struct probe ip_udp_next_send;
extern const struct probe ip_udp_so_error;

/* udp_segment_probes.c */
extern const struct probe ip_udp_segments;
extern const struct probe ip_udp_last_segment;
extern const struct probe ip_udp_too_many;
extern const struct probe ip_udp_together;

/* pktinfo_probes.c */
extern const struct probe ip_pktinfo;
extern const struct probe ip_pktinfo_ttl;
extern const struct probe ip_pktinfo_tos;
extern const struct probe ip_pktinfo_tos_size;
extern const struct probe ip_pktinfo_ttl_once;

/* pktinfo_address_probes.c */
extern const struct probe ip_pktinfo_source;
extern const struct probe ip_pktinfo_destination;
extern const struct probe ip_pktinfo_forged;

/* udplite_probes.c */
extern const struct probe ip_udplite_fresh;
extern const struct probe ip_udplite_small;
extern const struct probe ip_udplite_partial;
extern const struct probe ip_udplite_demanding;
extern const struct probe ip_udplite_all;

/* broadcast_probes.c */
extern const struct probe ip_broadcast_send;
extern const struct probe ip_broadcast_permitted;
extern const struct probe ip_broadcast_receive;
extern const struct probe ip_broadcast_own;
extern const struct probe ip_broadcast_bound;

/* multicast_probes.c */
extern const struct probe ip_multicast_joined;
extern const struct probe ip_multicast_all;
extern const struct probe ip_multicast_own;
extern const struct probe ip_multicast_left;
extern const struct probe ip_multicast_loop;
extern const struct probe ip_multicast_receiver_loop;
extern const struct probe ip_multicast_twice;
extern const struct probe ip_multicast_leave;

/* reuse_probes.c */
extern const struct probe ip_reuse_address;
extern const struct probe ip_reuse_one;
extern const struct probe ip_reuse_listening;
extern const struct probe ip_reuse_any;
extern const struct probe ip_reuse_port;
extern const struct probe ip_reuse_port_one;
extern const struct probe ip_reuse_mixed;

/* reuse_share_probes.c */
extern const struct probe ip_reuse_who;
extern const struct probe ip_reuse_balance;
extern const struct probe ip_reuse_time_wait;
extern const struct probe ip_reuse_time_wait_address;

/* tcp_probes.c */
extern const struct probe ip_tcp_defer;
extern const struct probe ip_tcp_cork;
extern const struct probe ip_tcp_own_end;
extern const struct probe ip_tcp_peers_end;
extern const struct probe ip_tcp_fast;

/* tcp_key_probes.c */
extern const struct probe ip_tcp_same_key;
extern const struct probe ip_tcp_other_key;
extern const struct probe ip_tcp_no_key;

/* mptcp_probes.c */
extern const struct probe ip_mptcp_both;
extern const struct probe ip_mptcp_plain_server;
extern const struct probe ip_mptcp_accepted_plain;
extern const struct probe ip_mptcp_accepted;
extern const struct probe ip_mptcp_asked;

/* raw_probes.c */
extern const struct probe ip_raw_first;
extern const struct probe ip_raw_included;
extern const struct probe ip_raw_filled;
extern const struct probe ip_raw_itself;
extern const struct probe ip_raw_checksum;

/* ping_probes.c */
extern const struct probe ip_ping_identifier;
extern const struct probe ip_ping_type;

/* sctp_probes.c */
extern const struct probe ip_sctp_stream;
extern const struct probe ip_sctp_no_stream;
extern const struct probe ip_sctp_notified;
extern const struct probe ip_sctp_peeled;

/* dccp_probes.c */
extern const struct probe ip_dccp_service;
extern const struct probe ip_dccp_no_service;
extern const struct probe ip_dccp_too_large;

#endif
