/* What the documents of IPv6's protocols say. */
#include "ip_documents.h"

#define IP_DOCUMENTS inet6_documents
#define IP_DIFFERENCES inet6_differences
/* A payload of 65535 bytes, less a header of 8. */
#define IP_UDP_MESSAGE "65527, then EMSGSIZE"
#define IP_UDP_MESSAGE_SOURCE "RFC 8200, 3, Payload Length; RFC 768"
#define IP_TCP_PEEK_SINCE "6.12"
#define IP_TCP_PEEK_SOURCE "commit be9a4fb831b8"
#define IP_OWN_DOCUMENTS                                                       \
	{ "nonlocal-bind.loopback", { 0 }, "EADDRNOTAVAIL",                    \
	  "RFC 4291, 2.5.3: ::1 is the loopback address", false },             \
	{ "pktinfo.tos-size", { 0 }, "4", "RFC 3542, 6.5: an int", false },    \
	{ "raw-ping", { 0 }, "what follows the header",                        \
	  "RFC 3542, 3: without the IPv6 header", false },                     \
	{ "raw-ping.checksum", { 0 }, "put right",                             \
	  "RFC 3542, 3.1: the kernel calculates it", false }
#include "ip_documents.inc"
