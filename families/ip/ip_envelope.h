/*
 * ip_envelope: what the raw and ICMP cells of inet and inet6 put around
 * a payload, and the filters that let nothing else in.
 */
#ifndef FAMILIES_IP_ENVELOPE_H
#define FAMILIES_IP_ENVELOPE_H

#include <linux/filter.h>
#include <stdint.h>

#include "family/family.h"

/* The bytes before the payload in an ICMP echo message (RFC 792, RFC 4443). */
#define IP_ECHO_HEADER 8

/*
 * Every raw socket of a protocol hears every packet of it. Ours say in 12 bytes
 * before the payload whose they are: a word that is always the same, the run,
 * the side, the number of the message.
 */
#define IP_LABEL 12

/*
 * A socket filter (socket(7), SO_ATTACH_FILTER) that keeps packets with that
 * word; `find` is the instructions that load it. Without it a busy
 * machine's packets, of TCP say, fill the receive buffer, and ours are lost.
 */
#define IP_LABEL_WORD 0x736f636b /* "sock" */
#define IP_KEEP_LABELED(find)                                                  \
	find,                                                                  \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IP_LABEL_WORD, 0, 1),              \
	BPF_STMT(BPF_RET | BPF_K, UINT32_MAX), BPF_STMT(BPF_RET | BPF_K, 0)

/* The settings of a raw cell with that filter, of both sides. */
#define IP_FILTER_SETTING(program)                                             \
	{ 1u << SIDE_CLIENT | 1u << SIDE_SERVER, false, SOL_SOCKET,            \
	  SO_ATTACH_FILTER, program, sizeof(*(program)) }

/*
 * The envelopes of the rows in ip_tables.inc (struct cell, wrap and unwrap);
 * whether it is ICMP or ICMPv6 is told by the cell's protocol.
 *
 * label: label and payload, as any protocol of a raw socket carries them.
 * ping: an echo request around the payload; and the payload in the kernel's
 *     reply to the message of the same number.
 * reply: an echo reply that nobody asked for, which the kernel leaves alone:
 *     what a raw ICMP socket sends here, label and payload in it.
 */
ssize_t ip_wrap_label(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room);
ssize_t ip_unwrap_label(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at);
ssize_t ip_wrap_ping(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room);
ssize_t ip_unwrap_ping(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at);
ssize_t ip_wrap_reply(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room);
ssize_t ip_unwrap_reply(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at);

#endif
