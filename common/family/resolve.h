/*
 * resolve: turns the user's host and port into an endpoint, before any side
 * starts. What it opens on the way (getaddrinfo, interface indices) is no part
 * of the exchange and is not recorded.
 */
#ifndef FAMILY_RESOLVE_H
#define FAMILY_RESOLVE_H

#include <stddef.h>

#include "family/family.h"

/* The services that families are given. */
extern const struct lookup family_lookup;

/*
 * Asks the family for the address (struct family, address()); a host that is
 * no address of the family is looked up with getaddrinfo() where the family
 * takes host names. Fills in wish->lookup. Returns 1 with *out, 0 where none
 * is needed, or -errno with a sentence in why.
 */
int resolve_endpoint(const struct family *family, struct wish *wish,
    struct endpoint *out, char *why, size_t room);

/*
 * The host of a variant for a side's address, the word in the place of its
 * percent sign, in text where that is needed; NULL for the default address.
 */
const char *resolve_variant(const struct variant *variant, enum side_id side,
    bool to_contact, const char *word, char *text, size_t room);

/* Where names in the file system go: TMPDIR, or /tmp. */
const char *resolve_directory(void);

/*
 * The same as resolve_endpoint(), for the host of the wish's variant where the
 * user gave none, `word` standing for its percent sign; the directory is that
 * of resolve_directory() where the wish has none.
 */
int resolve_wish(const struct family *family, struct wish *wish,
    const char *word, struct endpoint *out, char *why, size_t room);

#endif
