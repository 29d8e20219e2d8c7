/*
 * The family contract: what a module in families/ tells the driver.
 *
 * A family is one constant `struct family`. It describes: it makes no socket
 * call, opens nothing, prints nothing, keeps no state. Everything it returns
 * is written into memory of its caller. Errors are negative errno values.
 *
 * A few families need more than calls on addresses (a KCM socket is attached to
 * a TCP connection, AF_XDP maps rings). They supply the operations of a
 * `struct channel`, written against the table of recorded calls that they are
 * handed, and include record/calls.h besides this.
 *
 * families/README.md shows how a module is written.
 */
#ifndef FAMILY_FAMILY_H
#define FAMILY_FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "family/endpoint.h"
#include "family/option.h"

struct calls;		/* record/calls.h */
struct recorder;
struct probe;		/* probes/probe.h */
struct document;
struct difference;
struct unsteady;

/* The two ends of an exchange, each a process of its own. */
enum side_id { SIDE_CLIENT, SIDE_SERVER, SIDE_COUNT };

/*
 * What became of a cell. The words are defined in the README; every verdict
 * but VERDICT_WORKS comes with a reason.
 */
enum verdict {
	VERDICT_WORKS,
	VERDICT_REFUSED,	/* the kernel refuses this type or protocol */
	VERDICT_ABSENT,		/* the kernel has no such family */
	VERDICT_DENIED,		/* a privilege is missing */
	VERDICT_NO_DEVICE,	/* an interface or a peer is missing */
	VERDICT_BROKEN,		/* none of these, and it failed */
	VERDICT_COUNT
};

/*
 * The shape of an exchange: which calls the two sides make.
 *
 * SHAPE_CONNECTED  server: socket bind listen accept recv send close;
 *                  client: socket connect send recv close.
 * SHAPE_DATAGRAM   server: socket bind recvfrom sendto close; client the same,
 *                  its bind only where address() gives it one.
 * SHAPE_BUS        as datagram, where every socket at the address hears every
 *                  message, perhaps its own as well: what is not the awaited
 *                  message is passed over and counted.
 * SHAPE_KERNEL     one side, the client: the kernel answers what it sends,
 *                  with the same bytes or with what verify() finds right.
 * SHAPE_NONE       no conversation is known; the documents promise an errno.
 */
enum shape {
	SHAPE_NONE,
	SHAPE_CONNECTED,
	SHAPE_DATAGRAM,
	SHAPE_BUS,
	SHAPE_KERNEL,
};

/* What the documents promise of a cell (`traits`). */
enum {
	TRAIT_BOUNDARIES = 1 << 0,	/* one send is one receive */
	TRAIT_RELIABLE = 1 << 1,	/* nothing is lost or duplicated */
	TRAIT_ORDERED = 1 << 2,		/* nothing overtakes */
	TRAIT_EMPTY = 1 << 3,		/* a message of 0 bytes is delivered */
	TRAIT_HALF_CLOSE = 1 << 4,	/* shutdown(SHUT_WR) leaves reading */
};

/*
 * The largest message of a cell, in bytes of payload (what is left when
 * wrap() has added its headers).
 */
struct limit {
	enum {
		LIMIT_NONE,
		LIMIT_BYTES,
		LIMIT_SEND_BUFFER,
		LIMIT_HALF_SEND_BUFFER,
	} kind;
	/*
	 * LIMIT_BYTES: the limit. LIMIT_SEND_BUFFER: what is taken off the
	 * value that getsockopt(SO_SNDBUF) returns on the socket in use;
	 * LIMIT_HALF_SEND_BUFFER: off half of it, which is what was asked for
	 * (the kernel doubles it for its bookkeeping: socket(7)).
	 */
	size_t bytes;
};

/* One protocol of a family, as the user writes it and as C writes it. */
struct protocol {
	const char *name;	/* canonical: "tcp" */
	const char *alias;	/* also accepted, or NULL */
	int number;
	const char *constant;	/* "IPPROTO_TCP" */
	int also;		/* another number for the same; or 0 */
};

/*
 * What brings a family or a cell into a kernel. An `absent` or `refused`
 * verdict tells it, and --setup loads the modules.
 */
struct origin {
	const char *modules;	/* as modprobe takes them; NULL: built in */
	const char *config;	/* "CONFIG_CAN"; NULL: of every kernel */
	const char *since;	/* the Linux version that brought it, or NULL */
	const char *until;	/* and the one that removed it, or NULL */
};

/*
 * One thing that a cell needs and a privileged user can make: exactly one of
 * command, path, sysctl and message is set; all NULL ends a list.
 */
struct need {
	/*
	 * A command without quotes, its words parted by single spaces, e.g.
	 * "ip link add vcan0 type vcan". The word {server} stands for the
	 * network namespace of the server, where it has one of its own, as
	 * ip-link(8) takes it behind `netns`.
	 */
	const char *command;
	/*
	 * A file that has to be there, for which is waited a while; where
	 * `package` says which of Debian's has it, it is not waited for.
	 */
	const char *path;
	const char *package;
	/*
	 * SURROUNDINGS_INITIAL only: the command that takes it away again; NULL
	 * where nothing is left, or another's takes it along.
	 */
	const char *undo;
	bool server;		/* done in the server's own namespace */
	const char *sysctl;	/* "net.ipv4.ping_group_range" */
	const char *value;	/* what is written there */
	const void *message;	/* an rtnetlink(7) request, to be acknowledged */
	size_t length;
	const char *words;	/* what the message makes, for people */
};

/* What is made for a cell with --setup, and where. */
struct surroundings {
	enum place {
		/* A network namespace of its own, its loopback up. */
		SURROUNDINGS_NAMESPACE,
		/* One for each side. */
		SURROUNDINGS_TWO_NAMESPACES,
		/* The namespace that the system started with: it has no other. */
		SURROUNDINGS_INITIAL,
	} where;
	const struct need *needs;	/* NULL: nothing but the namespace */
};

/* A socket option that is set between socket() and bind() or connect(). */
struct setting {
	unsigned sides;		/* 1u << SIDE_CLIENT | 1u << SIDE_SERVER */
	bool fixed_port_only;	/* only where the user chose the port */
	int level;
	int name;
	const void *value;	/* constant, of `length` bytes */
	socklen_t length;
};

/* What wrap() and unwrap() may need to know. */
struct envelope {
	const struct cell *cell;
	enum side_id side;		/* who wraps or unwraps */
	const struct endpoint *self;	/* own address, as getsockname() said */
	const struct endpoint *peer;	/* the other's; NULL if not known */
	unsigned long long number;	/* of the message, from 1 */
	size_t offset;			/* wrap(): bytes already taken of it */
	const struct variant *variant;	/* NULL where there is one form only */
	/*
	 * A number that both sides of one exchange share and other exchanges do
	 * not; 0 for a client and a server that were started apart.
	 */
	unsigned run;
};

/* The most bytes that wrap() adds to a payload. */
#define ENVELOPE_MAX 128

/* What a packet is of a message (`part`): a whole one has both. */
enum {
	PART_BEGINS = 1 << 0,
	PART_ENDS = 1 << 1,
	PART_WHOLE = PART_BEGINS | PART_ENDS,
};

/*
 * One side's way to its peer, handed to the operations of a cell that are more
 * than calls on addresses. `calls` and `recorder` serve to make recorded
 * calls, and nothing else is called. Where one fails, its negative errno is
 * returned: the driver knows which call it was.
 */
struct channel {
	const struct calls *calls;
	struct recorder *recorder;
	const struct cell *cell;
	const struct variant *variant;	/* as in an envelope */
	enum side_id side;
	const struct endpoint *self;	/* as getsockname() said */
	const struct endpoint *peer;	/* the server's, of a client; or NULL */
	unsigned run;
	/*
	 * The socket that messages go through. prepare() may put another in its
	 * place; the driver closes both, this one first.
	 */
	int fd;
	void *state;	/* prepare()'s: malloc'd or mapped; finish() ends it */
	/* A sentence, where the failed call's errno does not say it all. */
	char why[160];
};

/* A question to the kernel, and its answer (SHAPE_KERNEL). */
struct verification {
	const struct envelope *envelope;
	const void *question;		/* the payload that was wrapped */
	size_t question_length;
	const void *answer;		/* as unwrap() found it */
	size_t answer_length;
	const struct lookup *lookup;
	/*
	 * What the answer says, decoded: a few lines, each ended by a newline;
	 * or, with an error, a sentence that tells what was wrong.
	 */
	char text[1024];
};

/*
 * One row of a family's table: a (type, protocol) with something to say.
 * A combination without a row is a cell too: of SHAPE_NONE, refused with one
 * of the family's `refusals`.
 */
struct cell {
	int type;		/* SOCK_STREAM … */
	int protocol;		/* its number; PROTOCOL_ANY: the rest of them */
	enum shape shape;
	unsigned traits;
	struct limit largest;
	/*
	 * A file is cut at so many bytes, where a longer message is likely to
	 * lose some of its packets; 0: at the largest message.
	 */
	size_t file_piece;
	bool by_default;	/* what protocol 0 means for this type */
	bool needs_number;	/* socket() takes no 0 for it (raw) */
	bool listens;		/* a datagram server has to listen() (sctp) */
	bool joins;		/* an address is taken by connect(), not bind() */
	/* prepare() binds: channel->self is the address that it should take. */
	bool binds_itself;
	/* `protocol` is a number of ours: socket() is passed 0. */
	bool passes_zero;
	/*
	 * Messages go with send() and recv(): the binding, the connection or
	 * prepare() says where to.
	 */
	bool unaddressed;
	bool unpolled;		/* poll() tells nothing; calls return at once */
	bool endless;		/* connected, and a peer's leaving is not told */
	/*
	 * Connected: a peer is told of the end by shutdown(SHUT_RDWR); where
	 * there was only close(), its recv() fails.
	 */
	bool shuts_down;
	/* Connected: recv() fails with ECONNRESET where the peer has left. */
	bool ends_by_reset;
	/*
	 * close() drops what is still under way: a server stays open until its
	 * client is done.
	 */
	bool close_drops;
	int send_flags;		/* flags that send() and sendto() take here */
	/* A stream whose send() takes so many bytes at most; 0: any number. */
	size_t send_most;
	const struct setting *settings;	/* ended by sides == 0; or NULL */
	/*
	 * The connection that prepare() builds on, as socket() takes it
	 * (SHAPE_CONNECTED), where it is another socket's than the cell's own;
	 * or NULL.
	 */
	const struct carrier {
		int domain, type, protocol;
	} *carrier;
	struct origin origin;	/* besides the family's own */
	/* What --setup makes for it; NULL: nothing is needed. */
	const struct surroundings *surroundings;
	/* Forms of this cell; NULL: those of the family. */
	const struct variant *variants;
	/*
	 * The errno with which socket() may refuse on a kernel that lacks this
	 * cell; 0 where every kernel with the family has it. A refusal with an
	 * errno that neither this nor a hint names contradicts the table.
	 */
	int lacking;
	/*
	 * How long to wait for a message where the documents say that none
	 * will come; 0: as long as everywhere.
	 */
	unsigned patience_ms;
	/*
	 * Whether two runs of the cell on one machine hear each other, so that
	 * a matrix does not run them side by side.
	 */
	bool alone;

	/*
	 * For what is sent with sendto() (shapes datagram, bus and kernel):
	 * puts payload (`length` bytes) into the packet that is sent, and says
	 * in *taken how many of its bytes are in (a CAN frame takes 8; most
	 * take all; a packet without any is rare, and many in a row are an
	 * error). Called again for the rest until all is taken; at least once.
	 * Returns the packet's length (at most room), or -errno. NULL: the
	 * payload is the packet.
	 */
	ssize_t (*wrap)(const struct envelope *envelope, const void *payload,
	    size_t length, size_t *taken, void *packet, size_t room);

	/*
	 * Finds the payload in what was received. Returns its length and sets
	 * *at to its offset; -ENOMSG for a packet that is not part of the
	 * conversation (passed over); another -errno for a malformed one.
	 * NULL: the packet is the payload.
	 */
	ssize_t (*unwrap)(const struct envelope *envelope, const void *packet,
	    size_t length, size_t *at);

	/*
	 * Which part of a message a received packet is (PART_BEGINS,
	 * PART_ENDS), for packets that unwrap() accepts; the driver puts the
	 * payloads together. NULL: each is a whole message.
	 */
	unsigned (*part)(const struct envelope *envelope, const void *packet,
	    size_t length);

	/*
	 * SHAPE_KERNEL: 0 where the answer is right by a second source, which
	 * it names in text; -EBADMSG where not. NULL: the answer has to be the
	 * question.
	 */
	int (*verify)(struct verification *verification);

	/*
	 * The bytes of the longest packet that is received, where it may be
	 * longer than what is sent; 0: as long.
	 */
	size_t receive_room;

	/*
	 * Called once on each side when its socket is bound (or connected, or
	 * accepted), before the first message and before the client is told of
	 * the server, but that a connected server's is called after accept().
	 * NULL: nothing is to be done. Returns 0 or a negative errno; -EAGAIN:
	 * called again after a pause, until the side's time is up.
	 */
	int (*prepare)(struct channel *channel);

	/*
	 * Sends one packet, after wrap(), when poll() says that fd is writable.
	 * Returns the bytes sent or a negative errno (-EAGAIN: called again).
	 * NULL: sendto(), or send() where the cell is unaddressed.
	 */
	ssize_t (*transmit)(struct channel *channel, const void *packet,
	    size_t length);

	/*
	 * Receives one packet, when poll() says that fd is readable. Returns its
	 * bytes or a negative errno (-EAGAIN: called again). NULL: recvfrom(),
	 * or recv() where the cell is unaddressed.
	 */
	ssize_t (*receive)(struct channel *channel, void *packet, size_t room);

	/* Releases `state`; called once if prepare() was, also if it failed. */
	void (*finish)(struct channel *channel);
};

#define PROTOCOL_ANY (-1)

/*
 * What a failure means in this family, where the driver's own table (see
 * drive/verdict.h) would say less. The first row that matches is taken.
 */
struct hint {
	int type;		/* a SOCK_ constant, or 0 for all */
	int protocol;		/* a number, or PROTOCOL_ANY */
	const char *call;	/* "socket", "bind" …, or NULL for all */
	int error;		/* positive errno */
	enum verdict verdict;
	const char *text;	/* one sentence: why, and what to do */
};

/*
 * A form of a cell (--variant). The first of a table is the one that is meant
 * where none is named.
 */
struct variant {
	const char *name;	/* "abstract"; NULL ends the table */
	/*
	 * For --host; NULL: the default address. A percent sign stands for
	 * a word that no other run uses; of a server and a client that are
	 * started apart, for their port.
	 */
	const char *host;
	const char *client_host;	/* the client's own, where it differs */
	const struct setting *settings;	/* besides the cell's; or NULL */
	/* In place of the cell's; or NULL. */
	const struct surroundings *surroundings;
};

/*
 * Services of the driver for address() and verify(). They may open sockets or
 * files, which is why families do not call libc for this.
 */
struct lookup {
	/* The index of an interface, or a negative errno. address() only. */
	int (*interface)(const char *name, unsigned *index);
	/*
	 * What a file of /proc or /sys says, at most room - 1 bytes and a NUL.
	 * Returns the length or a negative errno.
	 */
	ssize_t (*read)(const char *path, char *text, size_t room);
};

/*
 * The name of an interface that address() has looked up under this index, for
 * format(): an address holds the index only. NULL for one that it has not.
 */
const char *interface_name(unsigned index);

/* What address() is asked for. */
struct wish {
	enum side_id side;	/* whose address */
	bool to_contact;	/* the server's, as the client contacts it */
	bool both_sides;	/* one run holds both: a name must be unused */
	const struct cell *cell;
	const struct variant *variant;	/* NULL where there is one form only */
	const char *host;	/* the user's text or the variant's, or NULL */
	/*
	 * The user's number, or the default; PORT_UNSET where neither is. 0
	 * asks for one that the kernel chooses.
	 */
	long port;
	bool port_given;	/* the user wrote --port */
	const char *directory;	/* where names in the file system go */
	const char *tag;	/* unique to this run: for names … */
	unsigned run;		/* … and for numbers: 24 bits, not 0 */
	const struct lookup *lookup;
};

#define PORT_UNSET (-1L)

/* A field of a socket address (lay_out()), offsets and sizes in bytes. */
struct field {
	const char *name;	/* as in the C struct: "sin_port" */
	size_t offset;
	size_t size;
	bool number;		/* value is a decimal number */
	char value[ENDPOINT_TEXT_MAX];	/* for people: "12345" */
	/*
	 * The field as strace writes it where that is not name=value, e.g.
	 * "sin_port=htons(12345)"; empty otherwise.
	 */
	char strace[ENDPOINT_TEXT_MAX];
};

#define FIELDS_MAX 8

/* The name of a request of ioctl(), for people. */
struct request_name {
	unsigned long number;
	const char *constant;	/* "SIOCKCMATTACH"; NULL ends a table */
};

struct family {
	const char *name;	/* "inet", for --family */
	const char *constant;	/* "AF_INET" */
	int domain;		/* AF_INET; may not be AF_UNSPEC */
	const char *summary;	/* one line: what it is for */
	const char *address_grammar;	/* one line: what --host takes */
	struct origin origin;
	/*
	 * The sentence of an `absent` verdict, where the one that is made of
	 * the origin would say less; or NULL.
	 */
	const char *brought_by;
	/*
	 * NULL, or why this build cannot even try: the header that was missing.
	 * The rest may then be zero but for name, constant and summary.
	 */
	const char *unsupported;

	/* Every protocol that --protocol knows by name; ended by name NULL. */
	const struct protocol *protocols;
	/* What strace calls protocol 0 here ("IPPROTO_IP"); NULL: "0". */
	const char *protocol_zero;
	/*
	 * What strace puts before _??? for a number that it has no name for
	 * ("CAN"); NULL: that of protocol_zero.
	 */
	const char *protocol_prefix;
	/* strace 6.1 does not know its addresses: it shows their bytes. */
	bool plain_in_strace;
	/*
	 * Rows; ended by type 0. Where no type is named, stream is meant if
	 * there is a row of it, else the type of the first row.
	 */
	const struct cell *cells;
	/* The errnos of a documented refusal, ended by 0; and the source. */
	const int *refusals;
	const char *refusal_source;
	/* Ended by a row of verdict VERDICT_WORKS; or NULL. */
	const struct hint *hints;
	/* The family's own levels of options, ended by constant NULL; or NULL. */
	const struct option_level *levels;
	const struct request_name *requests;	/* of ioctl(); or NULL */
	/*
	 * Probes of its own, ended by NULL; what its documents say of these and
	 * of any other probe; the differences that are known; and where answers
	 * depend on time. Or NULL.
	 */
	const struct probe *const *probes;
	const struct document *documents;
	const struct difference *differences;
	const struct unsteady *unsteady;
	/* Forms of every cell; NULL where there is one form only. */
	const struct variant *variants;
	/* --host may be a name that getaddrinfo() finds in this domain. */
	bool host_names;
	/*
	 * getsockname() tells who a socket is, and not what it was bound to: a
	 * server's address is told as bind() was given it.
	 */
	bool bound_unnamed;

	/*
	 * Chooses or parses an address. Returns 1 and fills *out; 0 where this
	 * client needs no address of its own (nothing is bound; a server's is
	 * always filled); -EINVAL where the host's text is none of this
	 * family's (a name is looked up and asked again, where host_names
	 * allows); -ENODEV where it names an interface that is not there, which
	 * is a verdict of no-device; another -errno where the user's words are
	 * at fault. On an error `why`, of `room` bytes, holds a sentence.
	 */
	int (*address)(const struct wish *wish, struct endpoint *out,
	    char *why, size_t room);

	/*
	 * Writes the address text that address() accepts. Returns 0, or -EINVAL
	 * for bytes that are no address of this family. Bytes that are not
	 * printable ASCII are left to the caller to escape.
	 */
	int (*format)(const struct endpoint *endpoint, char *text, size_t room);

	/*
	 * Lays the address out, field by field, in order, the family's field
	 * first (its value: the constant). Returns how many fields it wrote, at
	 * most FIELDS_MAX, or -EINVAL.
	 */
	int (*lay_out)(const struct endpoint *endpoint,
	    struct field fields[FIELDS_MAX]);

	/*
	 * From the address a server is bound to, as bind() was given it and as
	 * getsockname() then returned it, to the one a client contacts: 0.0.0.0
	 * becomes 127.0.0.1. NULL: it is the one that getsockname() returned.
	 * Returns 0 or -errno.
	 */
	int (*contact)(const struct endpoint *asked,
	    const struct endpoint *bound, struct endpoint *out);

	/*
	 * Whether what came from an address may be the answer of the server
	 * that was contacted. NULL: where the address is the same, field by
	 * field, or differs in numbers that are 0.
	 */
	bool (*answers)(const struct endpoint *contacted,
	    const struct endpoint *from);

	/*
	 * The variant's name that an address belongs to, where the address
	 * tells. NULL: it is the one that was chosen.
	 */
	const char *(*variant)(const struct endpoint *endpoint);

	/*
	 * Removes what binding this address left behind (a socket file). Called
	 * once, by the process that outlives the socket, for an address that
	 * bind() took, or may have taken: its process was killed in the call,
	 * and the address is one that address() made up for this run. NULL:
	 * nothing is left. Returns 0, also where there was nothing, or -errno.
	 */
	int (*release)(const struct endpoint *endpoint);
};

/*
 * The table of families, ended by NULL; families/families.c defines it. The
 * first is the one that is meant where none is named.
 */
extern const struct family *const families[];

#endif
