/* What the documents of IPv6's protocols say. */
#include "ip_documents.h"

#define IP_DOCUMENTS inet6_documents
#define IP_DIFFERENCES inet6_differences
/* A payload of 65535 bytes, less a header of 8. */
#define IP_UDP_MESSAGE "65527, then EMSGSIZE"
#define IP_UDP_MESSAGE_SOURCE "RFC 8200, 3, Payload Length; RFC 768"
#define IP_TCP_PEEK_SINCE "6.12"
#define IP_TCP_PEEK_SOURCE "commit be9a4fb831b8"
#include "ip_documents.inc"
