/*
 * alg: the kernel's ciphers and digests (the kernel's documentation: crypto,
 * userspace-if). The kernel is the server: a socket is bound to an algorithm,
 * and what accept() returns is one operation with it.
 *
 * Address text: HOST is an algorithm as /proc/crypto names it: sha256,
 * cbc(aes). There are no ports.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "alg_vector.h"
#include "families.h"
#include "alg_probes.h"

static const struct protocol protocols[] = {
	{ "hash", NULL, ALG_HASH, "0", 0 },
	{ "skcipher", NULL, ALG_SKCIPHER, "0", 0 },
	{ .name = NULL },
};

/* socket(2) of the type: in sequence, reliable, in packets. */
#define ALG_TRAITS                                                             \
	(TRAIT_BOUNDARIES | TRAIT_RELIABLE | TRAIT_ORDERED | TRAIT_EMPTY)

static const struct cell cells[] = {
	{
		/* algif_hash has no poll operation. */
		.type = SOCK_SEQPACKET, .protocol = ALG_HASH,
		.by_default = true, .passes_zero = true,
		.binds_itself = true, .unaddressed = true, .unpolled = true,
		.shape = SHAPE_KERNEL, .traits = ALG_TRAITS,
		.origin = { .modules = "algif_hash",
			.config = "CONFIG_CRYPTO_USER_API_HASH" },
		.verify = alg_hash_verify, .prepare = alg_hash_prepare,
	},
	{
		.type = SOCK_SEQPACKET, .protocol = ALG_SKCIPHER,
		.passes_zero = true, .binds_itself = true, .unaddressed = true,
		.shape = SHAPE_KERNEL, .traits = ALG_TRAITS,
		.largest = { LIMIT_BYTES, ALG_CIPHER_LARGEST },
		.receive_room = 2 * (ALG_CIPHER_LARGEST + ALG_BLOCK),
		.origin = { .modules = "algif_skcipher",
			.config = "CONFIG_CRYPTO_USER_API_SKCIPHER" },
		.wrap = alg_cipher_wrap, .verify = alg_cipher_verify,
		.prepare = alg_cipher_prepare,
		.transmit = alg_cipher_transmit,
		.receive = alg_cipher_receive, .finish = alg_cipher_finish,
	},
	{ .type = 0 },
};

/* alg_create() of the kernel. */
static const int refusals[] = { ESOCKTNOSUPPORT, EPROTONOSUPPORT, 0 };

#define NO_ALGORITHM(what, module, config)                                     \
	"this kernel has no such " what ", or takes none: grep name "          \
	"/proc/crypto lists them; modprobe " module " (" config ")"

static const struct hint hints[] = {
	{ 0, ALG_HASH, "bind", ENOENT, VERDICT_REFUSED,
	  NO_ALGORITHM("hash", "algif_hash", "CONFIG_CRYPTO_USER_API_HASH") },
	{ 0, ALG_SKCIPHER, "bind", ENOENT, VERDICT_REFUSED,
	  NO_ALGORITHM("cipher", "algif_skcipher",
	      "CONFIG_CRYPTO_USER_API_SKCIPHER") },
	{ 0, PROTOCOL_ANY, "bind", ELIBBAD, VERDICT_REFUSED,
	  "the kernel's self-test of that algorithm failed" },
	{ 0, ALG_HASH, "recv", EOPNOTSUPP, VERDICT_BROKEN,
	  "a second source is there for " ALG_HASHES_KNOWN },
	{ 0, PROTOCOL_ANY, NULL, ENOKEY, VERDICT_BROKEN,
	  "that algorithm takes a key, and none is set here" },
	{ .verdict = VERDICT_WORKS },
};

const struct sockaddr_alg *
alg_of(const struct endpoint *endpoint)
{
	const struct sockaddr_alg *alg =
	    (const struct sockaddr_alg *)(const void *)&endpoint->storage;

	if (endpoint->length < sizeof(*alg) ||
	    endpoint->any.sa_family != AF_ALG ||
	    memchr(alg->salg_type, '\0', sizeof(alg->salg_type)) == NULL ||
	    memchr(alg->salg_name, '\0', sizeof(alg->salg_name)) == NULL)
		return NULL;
	return alg;
}

static int
check_name(const struct wish *wish, const char *name, size_t most, char *why,
    size_t room)
{
	const char *allowed = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789(),-_";
	size_t length = strlen(name);

	if (length == 0 || length > most ||
	    strspn(name, allowed) != length) {
		snprintf(why, room, "'%s' is no algorithm's name, of 1 to %zu "
		    "bytes, as /proc/crypto lists them", name, most);
		return -EINVAL;
	}
	if (wish->cell->protocol == ALG_SKCIPHER &&
	    alg_vector_of(name) == NULL) {
		snprintf(why, room, "nothing is known here to check '%s' "
		    "with; there are: " ALG_CIPHERS_KNOWN, name);
		return -EINVAL;
	}
	return 0;
}

/* The server's address is what this side binds to. */
static int
alg_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	bool hash = wish->cell->protocol == ALG_HASH;
	const char *name = wish->host != NULL ? wish->host
	    : hash ? "sha256" : "cbc(aes)";
	struct sockaddr_alg alg = { .salg_family = AF_ALG };
	int error;

	if (wish->port_given && wish->port != 0) {
		snprintf(why, room, "an algorithm has a name and no port: "
		    "leave out --port");
		return -EPROTOTYPE;
	}
	error = check_name(wish, name, sizeof(alg.salg_name) - 1, why, room);
	if (error != 0)
		return error;
	strlcpy((char *)alg.salg_type, hash ? "hash" : "skcipher",
	    sizeof(alg.salg_type));
	strlcpy((char *)alg.salg_name, name, sizeof(alg.salg_name));
	endpoint_set(out, &alg, sizeof(alg));
	return 1;
}

static int
alg_format(const struct endpoint *endpoint, char *text, size_t room)
{
	const struct sockaddr_alg *alg = alg_of(endpoint);

	if (alg == NULL)
		return -EINVAL;
	snprintf(text, room, "%s", (const char *)alg->salg_name);
	return 0;
}

#define MEMBER(member)                                                         \
	#member, offsetof(struct sockaddr_alg, member),                        \
	    sizeof(((struct sockaddr_alg *)0)->member)

static void
text_field(struct field *field, const unsigned char *text)
{
	snprintf(field->value, sizeof(field->value), "%s",
	    (const char *)text);
	snprintf(field->strace, sizeof(field->strace), "%s=\"%s\"",
	    field->name, (const char *)text);
}

static void
flags_field(struct field *field, uint32_t flags)
{
	snprintf(field->value, sizeof(field->value), "%u", flags);
	if (flags != 0)
		snprintf(field->strace, sizeof(field->strace),
		    "%s=%#x /* CRYPTO_ALG_??? */", field->name, flags);
}

static int
alg_lay_out(const struct endpoint *endpoint, struct field fields[FIELDS_MAX])
{
	const struct sockaddr_alg *alg = alg_of(endpoint);

	if (alg == NULL)
		return -EINVAL;
	fields[0] = (struct field){ MEMBER(salg_family), false, "AF_ALG", "" };
	fields[1] = (struct field){ MEMBER(salg_type), false, "", "" };
	text_field(&fields[1], alg->salg_type);
	fields[2] = (struct field){ MEMBER(salg_feat), true, "", "" };
	flags_field(&fields[2], alg->salg_feat);
	fields[3] = (struct field){ MEMBER(salg_mask), true, "", "" };
	flags_field(&fields[3], alg->salg_mask);
	fields[4] = (struct field){ MEMBER(salg_name), false, "", "" };
	text_field(&fields[4], alg->salg_name);
	return 5;
}

const struct family alg_family = {
	.name = "alg",
	.constant = "AF_ALG",
	.domain = AF_ALG,
	.summary = "the kernel's digests and ciphers",
	.address_grammar = "an algorithm, as /proc/crypto names it",
	.origin = { .modules = "af_alg", .config = "CONFIG_CRYPTO_USER_API",
		.since = "2.6.38" },
	.protocols = protocols,
	.cells = cells,
	.refusals = refusals,
	.refusal_source = "the kernel's crypto documentation",
	.hints = hints,
	.levels = alg_levels,
	.probes = alg_probes,
	.address = alg_address,
	.format = alg_format,
	.lay_out = alg_lay_out,
};
