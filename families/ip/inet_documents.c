/* What the documents of IPv4's protocols say. */
#include "ip_documents.h"

#define IP_DOCUMENTS inet_documents
#define IP_DIFFERENCES inet_differences
/* 65535 bytes, less a header of 20 and one of 8. */
#define IP_UDP_MESSAGE "65507, then EMSGSIZE"
#define IP_UDP_MESSAGE_SOURCE "RFC 791, 3.1, Total Length; RFC 768"
#define IP_TCP_PEEK_SINCE "6.10"
#define IP_TCP_PEEK_SOURCE "commit 05ea491641d3"
#define IP_OWN_DOCUMENTS                                                       \
	{ "nonlocal-bind.loopback", { 0 }, "ok",                               \
	  "RFC 1122, 3.2.1.3 (g): {127, any} is loopback", false },            \
	{ "nonlocal-bind.freebind", { 0 }, "ok", "ip(7), IP_FREEBIND", false },\
	{ "multicast.not-joined", { 0 }, "heard",                              \
	  "ip(7), IP_MULTICAST_ALL: 1 by default", false },                    \
	{ "multicast.all-off", { 0 }, "not heard",                             \
	  "ip(7), IP_MULTICAST_ALL", false },                                  \
	{ "pktinfo.tos-size", { 0 }, "1",                                      \
	  "ip(7), IP_RECVTOS: it contains a byte", false },                    \
	{ "raw-ping", { 0 }, "the IP header",                                  \
	  "raw(7): for receiving, it is always included", false },             \
	{ "raw-ping.hdrincl", { .protocol = "raw" }, "1",                      \
	  "raw(7): IPPROTO_RAW implies IP_HDRINCL", false }
#include "ip_documents.inc"
