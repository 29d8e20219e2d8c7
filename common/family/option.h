/*
 * option: the socket options as tables tell them: a level and who has it, its
 * options, how the bytes of a value are read, and what may be tried without
 * harm. Those of SOL_SOCKET are everybody's; a family's own stand beside it.
 */
#ifndef FAMILY_OPTION_H
#define FAMILY_OPTION_H

#include <stddef.h>
#include <sys/socket.h>

/* How the bytes of an option's value are read. */
enum option_value {
	/* Numbers in the machine's byte order, of 1, 2, 4 or 8 bytes. */
	OPTION_INT,
	OPTION_UNSIGNED,
	OPTION_HEX,
	OPTION_BOOL,		/* 0 is off, all else is on */
	OPTION_ERRNO,		/* an errno, or 0 */
	OPTION_WORD,		/* one that has a name: `words` */
	OPTION_FLAGS,		/* bits that have names: `words` */
	OPTION_DOMAIN,		/* a family's AF_ constant */
	OPTION_PROTOCOL,	/* a protocol of the family */
	OPTION_NETWORK,		/* unsigned, in network byte order */
	OPTION_LINGER,
	OPTION_TIMEVAL,
	OPTION_FILTER,		/* a struct sock_fprog (linux/filter.h) */
	OPTION_PROGRAM,		/* the descriptor of a BPF program */
	OPTION_STRING,		/* up to its NUL, or its end */
	OPTION_UCRED,
	OPTION_GROUPS,		/* an array of gid_t */
	OPTION_ADDRESS,		/* a socket address of the family */
	OPTION_FIELDS,		/* a struct: `fields` */
	OPTION_BYTES,
	OPTION_VALUE_COUNT
};

/* A number and its name; NULL ends a table. */
struct option_word {
	long number;
	const char *name;
};

/*
 * Writes the value, of at least one byte, for people. What is special to one
 * family is read so.
 */
typedef void option_teller(const unsigned char *value, size_t length,
    char *text, size_t room);

/* A member of a struct; name NULL ends a table. */
struct option_field {
	const char *name;
	size_t offset;
	size_t size;
	enum option_value value;	/* a number, a string or bytes */
	const struct option_word *words;
	option_teller *tell;		/* NULL: as `value` says */
};

/* What is said of an option (`flags`). */
enum {
	OPTION_GET_ONLY = 1 << 0,	/* setsockopt() is to be refused */
	OPTION_SET_ONLY = 1 << 1,	/* getsockopt() is to be refused */
	/* It is never set, or never read: the note says why. */
	OPTION_UNTRIED = 1 << 2,
	OPTION_UNREAD = 1 << 3,
};

/* The most bytes of a value that are read, or tried. */
#define OPTION_SIZE_MAX 1024

/* One option of a level. */
struct option_name {
	int name;
	const char *constant;	/* "SO_REUSEADDR"; NULL ends a table */
	enum option_value value;
	unsigned flags;
	/* Linux: who brought it, and who removed it; NULL: not told. */
	const char *since, *until;
	const char *needs;	/* "CAP_NET_ADMIN", to set it; or NULL */
	/* Room for its value, up to OPTION_SIZE_MAX; 0: what the kind has. */
	size_t size;
	/* What stands in the room when it is read, `size` bytes; NULL: 0. */
	const void *asked;
	/*
	 * What is tried, of `length` bytes, constant and harmless. NULL: a bool
	 * is turned over, a program is loaded, and of others the value that was
	 * read is tried; where none can be read, zeros of an option that is to
	 * be refused, and nothing of another.
	 */
	const void *tried;
	size_t length;
	/*
	 * An option of the same level that is set before, as it is tried: what
	 * this one speaks of (a group that can be left). 0: none.
	 */
	int first;
	/*
	 * What the value is, where each run finds another: "the peer's
	 * address". NULL: it is told.
	 */
	const char *varies;
	const char *note;	/* a sentence for whoever wonders; or NULL */
	const struct option_word *words;
	const struct option_field *fields;	/* ended by name NULL */
	option_teller *tell;	/* NULL: as `value` says */
};

/* A level, and whose sockets have it. */
struct option_level {
	int number;
	const char *constant;	/* "SOL_TCP"; NULL ends a table */
	const struct option_name *options;
	unsigned types;		/* 1u << SOCK_STREAM …; 0: every type */
	/* Ended by PROTOCOL_ANY; NULL: every protocol. */
	const int *protocols;
};

/* SOL_SOCKET, which every family has. */
extern const struct option_level socket_level;

/* A row of a table: a macro of a header, a kind, and what else is known. */
#define OPTION(macro, kind, ...)                                               \
	{                                                                      \
		.name = macro, .constant = #macro,                             \
		.value = OPTION_##kind, __VA_ARGS__                            \
	}
#define OPTION_TRY(type, ...)                                                  \
	.tried = &(const type){ __VA_ARGS__ }, .length = sizeof(type)
#define OPTION_TRY_BYTES(bytes) .tried = (bytes), .length = sizeof(bytes)

/* A member of a struct, as the table of its fields names it. */
#define OPTION_FIELD(type, member, kind, ...)                                  \
	{                                                                      \
		.name = #member, .offset = offsetof(type, member),             \
		.size = sizeof(((type *)0)->member),                           \
		.value = OPTION_##kind, __VA_ARGS__                            \
	}
#define OPTION_WORD_OF(macro) { macro, #macro }

#endif
