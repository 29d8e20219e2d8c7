/* What the documents of IPv4's protocols say. */
#include "ip_documents.h"

#define IP_DOCUMENTS inet_documents
#define IP_DIFFERENCES inet_differences
/* 65535 bytes, less a header of 20 and one of 8. */
#define IP_UDP_MESSAGE "65507, then EMSGSIZE"
#define IP_UDP_MESSAGE_SOURCE "RFC 791, 3.1, Total Length; RFC 768"
#define IP_TCP_PEEK_SINCE "6.10"
#define IP_TCP_PEEK_SOURCE "commit 05ea491641d3"
#include "ip_documents.inc"
