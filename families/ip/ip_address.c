#include "ip_address.h"

#include "ipv4.h"
#include "ipv6.h"

int
ip_address_format(const struct endpoint *endpoint, char *text, size_t room)
{
	return ipv4_of(endpoint) != NULL ? ipv4_format(endpoint, text, room)
					 : ipv6_format(endpoint, text, room);
}

int
ip_address_lay_out(const struct endpoint *endpoint,
    struct field fields[FIELDS_MAX])
{
	return ipv4_of(endpoint) != NULL ? ipv4_lay_out(endpoint, fields)
					 : ipv6_lay_out(endpoint, fields);
}

int
ip_address_contact(const struct endpoint *asked, const struct endpoint *bound,
    struct endpoint *out)
{
	return ipv4_of(bound) != NULL ? ipv4_contact(asked, bound, out)
				      : ipv6_contact(asked, bound, out);
}
