/*
 * ip_stage: what the experiments of inet and inet6 are made with, besides the
 * stage: addresses, the names that one thing has in IPv4 and in IPv6, messages
 * with their control messages.
 */
#ifndef FAMILIES_IP_STAGE_H
#define FAMILIES_IP_STAGE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "probes/stage.h"
#include "probes/control.h"

/* The loopback interface is the first of every network namespace. */
#define IP_LOOPBACK_INDEX 1

/* Options, and the control messages that they bring. */
struct ip_names {
	int level;
	int ttl, receive_ttl, ttl_message;
	int tos, receive_tos, tos_message;
	int receive_info, info_message;
	int receive_destination, destination_message;
	int receive_errors;
	int free_bind;
	int multicast_loop, multicast_all;
};

/* What recvmsg() has given. */
struct ip_message {
	struct control control;
	ssize_t got;
	char data[2048];
};

bool ip_stage_is_v6(const struct stage *stage);
const struct ip_names *ip_stage_names(const struct stage *stage);

/* Scopes of experiments: a cell of IPv4, of IPv6, of UDP or UDP-Lite. */
bool ip_stage_v4(const struct choice *choice);
bool ip_stage_v6(const struct choice *choice);
bool ip_stage_udp(const struct choice *choice);
bool ip_stage_udp4(const struct choice *choice);

/* setsockopt() with an int: 0 or a negative errno. */
int ip_stage_set(struct side *side, int level, int name, int value);

/*
 * An address of the cell's family: the text for IPv4 or the one for IPv6, with
 * a port in network order.
 */
void ip_stage_address(const struct stage *stage, const char *v4,
    const char *v6, in_port_t port, struct endpoint *out);
in_port_t ip_stage_port(const struct endpoint *endpoint);

/* The same host, whatever the port. */
bool ip_stage_same_host(const struct endpoint *a, const struct endpoint *b);

/*
 * A socket of the cell's type and protocol in this domain, with the settings of
 * an exchange.
 */
int ip_stage_open(struct stage *stage, enum side_id id, int domain,
    struct side **out);

/* bind(); side->self is then the address. 0 or a negative errno. */
int ip_stage_bind(struct side *side, const struct endpoint *address);

/* A fresh socket, bound to these texts and any port. */
int ip_stage_bound(struct stage *stage, enum side_id id, const char *v4,
    const char *v6, struct side **out);

/*
 * IPv6 sends nothing without a route, and the loopback interface has none for
 * groups: it gets one to this group (SIOCADDRT), or loses it (SIOCDELRT), where
 * nobody else is meant to be in the network. What cannot be done is told by the
 * send that follows.
 */
void ip_stage_route(struct stage *stage, struct side *side,
    const struct endpoint *group, unsigned long request);

/* Waits for a message, and receives it. Its length or a negative errno. */
ssize_t ip_stage_receive(struct stage *stage, struct side *to,
    struct ip_message *message, int flags);

/* A control message of it, or NULL; its length, where wanted. */
const void *ip_stage_control(struct ip_message *message, int level, int type,
    size_t *length);

#endif
