#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "drive/shapes.h"
#include "drive/step.h"

/* How many connections may wait; an exchange has one. */
#define BACKLOG 5

/* A message this small fits into the send buffer of any socket. */
#define SURELY_FITS 2048

/* A file is cut at the cell's largest message, but at this at the latest. */
#define LARGEST_CHUNK (1024u * 1024)

conversation_part *
shape_part(enum shape shape, enum side_id side)
{
	static conversation_part *const parts[][SIDE_COUNT] = {
		[SHAPE_NONE] = { unknown_client, NULL },
		[SHAPE_CONNECTED] = { connected_client, connected_server },
		[SHAPE_DATAGRAM] = { datagram_client, datagram_server },
		[SHAPE_BUS] = { datagram_client, datagram_server },
		[SHAPE_KERNEL] = { kernel_client, NULL },
	};

	return parts[shape][side];
}

void
conversation_note(struct conversation *conversation, const char *format, ...)
{
	struct account *account = conversation->account;
	va_list arguments;

	if (account->notes == NOTES_MAX)
		return;
	va_start(arguments, format);
	vsnprintf(account->note[account->notes], NOTE_MAX, format, arguments);
	va_end(arguments);
	account->notes++;
}

void
conversation_note_lines(struct conversation *conversation, const char *text)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");

		conversation_note(conversation, "%.*s", (int)length, text);
		text += length + (text[length] != '\0');
	}
}

void
conversation_count(struct conversation *conversation, uint64_t bytes)
{
	conversation->account->tally.bytes += bytes;
	atomic_fetch_add_explicit(&conversation->account->done, bytes,
	    memory_order_relaxed);
}

/* What is missing hinders all but socket(), which tells if more is. */
int
hindered_client(struct conversation *conversation)
{
	return conversation_close(conversation,
	    side_socket(&conversation->side, false));
}

int
unknown_client(struct conversation *conversation)
{
	struct side *side = &conversation->side;
	int error = side_socket(side, false);

	if (error != 0)
		return error;
	error = side_fail(side, CALL_SOCKET, 0, "socket() succeeded, where the "
	    "documents promise an error, and no exchange is known");
	return conversation_close(conversation, error);
}

static int
bind_side(struct conversation *conversation)
{
	if (conversation->bind_to.length == 0)
		return 0;
	return side_bind(&conversation->side, &conversation->bind_to);
}

/* What a connected side does when it is connected, the others do at once. */
static int
prepare_side(struct conversation *conversation, const struct endpoint *peer)
{
	struct side *side = &conversation->side;

	if (side->choice->row.shape == SHAPE_CONNECTED)
		return 0;
	return side_prepare(side, peer);
}

/* Tells the client where the server is, and that it is there. */
static int
announce(struct conversation *conversation)
{
	const struct family *family = conversation->side.choice->family;
	struct endpoint contact = conversation->side.self;

	/* In a network of its own, the client was told before. */
	if (conversation->meeting->contact.length != 0)
		contact = conversation->meeting->contact;
	else if (family->contact != NULL) {
		int error = family->contact(&conversation->bind_to,
		    &conversation->side.self, &contact);

		if (error != 0)
			return side_fail(&conversation->side, CALL_GETSOCKNAME,
			    -error, "the address cannot be contacted");
	}
	conversation->meeting->contact = contact;
	conversation->meeting->ready = true;
	close(conversation->ready);
	conversation->ready = -1;
	return 0;
}

static int
refuse_size(struct conversation *conversation, uint64_t size, uint64_t largest)
{
	struct side *side = &conversation->side;
	bool first = !side->failure->happened;
	int error = side_fail(side, step_sending_call(side), EMSGSIZE,
	    "a message of %llu bytes is too large: this cell carries at most "
	    "%llu", (unsigned long long)size, (unsigned long long)largest);

	if (first)
		side->failure->unusable = true;
	return error;
}

/* Cuts the file into messages of at most that size, and says so. */
static void
cut_file(struct conversation *conversation, uint64_t largest)
{
	struct payload *payload = &conversation->payload;
	size_t piece = conversation->side.choice->row.file_piece;

	if (piece != 0 && piece < largest)
		largest = piece;
	if (largest <= LARGEST_CHUNK)
		payload->chunk = largest;
	if (payload_messages(payload) > 1)
		conversation_note(conversation,
		    "the file travels in messages of at most %llu bytes",
		    (unsigned long long)payload->chunk);
}

/*
 * Settles how large a message may be: refuses a larger one, and cuts a file
 * into messages of that size. Asks the socket where the cell says so.
 */
static int
fit(struct conversation *conversation)
{
	const struct limit *limit = &conversation->side.choice->row.largest;
	struct payload *payload = &conversation->payload;
	uint64_t wanted = payload->kind == PAYLOAD_FILE
	    ? payload->file_size : payload_largest(payload);
	uint64_t largest = SIZE_UNSET;
	int error = 0;

	/* Asking the socket is a call that small messages do without. */
	if (limit->kind == LIMIT_NONE || limit->kind == LIMIT_BYTES ||
	    wanted > SURELY_FITS)
		error = side_largest(&conversation->side, &largest);
	if (error != 0)
		return error;
	if (payload->kind != PAYLOAD_FILE && wanted > largest)
		return refuse_size(conversation, wanted, largest);
	if (payload->kind == PAYLOAD_FILE &&
	    (conversation->side.choice->row.traits & TRAIT_BOUNDARIES) != 0)
		cut_file(conversation, largest);
	conversation->meeting->chunk = payload->chunk;
	return 0;
}

int
conversation_open_server(struct conversation *conversation)
{
	struct side *side = &conversation->side;
	int error = side_socket(side, conversation->fixed_port);

	if (error == 0)
		error = bind_side(conversation);
	if (error == 0)
		error = fit(conversation);
	if (error == 0)
		error = prepare_side(conversation, NULL);
	if (error == 0 && (side->choice->row.shape == SHAPE_CONNECTED ||
	    side->choice->row.listens))
		error = side_listen(side, BACKLOG);
	if (error == 0)
		error = announce(conversation);
	return error;
}

int
conversation_open_client(struct conversation *conversation)
{
	struct side *side = &conversation->side;
	bool alone = conversation->ready < 0;
	int error = 0;

	if (!alone)
		error = side_wait(side, conversation->ready, POLLIN, 0);
	/* The pipe ends, too, when the server failed before it was ready. */
	if (error == 0 && !alone && !conversation->meeting->ready)
		error = -ECANCELED;
	if (error == 0)
		error = side_socket(side, false);
	if (error == 0)
		error = bind_side(conversation);
	if (error == 0 && alone)
		error = fit(conversation);
	if (error == 0)
		error = prepare_side(conversation,
		    &conversation->meeting->contact);
	conversation->payload.chunk = conversation->meeting->chunk;
	return error;
}

bool
conversation_has_nothing(struct conversation *conversation)
{
	const struct cell *cell = &conversation->side.choice->row;

	if (payload_largest(&conversation->payload) != 0 ||
	    (cell->traits & TRAIT_EMPTY) != 0)
		return false;
	if (conversation->side.id == SIDE_CLIENT)
		conversation_note(conversation, "this cell carries no empty "
		    "message: nothing crossed%s", cell->shape ==
		    SHAPE_CONNECTED ? " but the end" : "");
	return true;
}

int
conversation_stay(struct conversation *conversation)
{
	if (!conversation->side.choice->row.close_drops)
		return 0;
	return side_wait(&conversation->side, -1, 0, 0);
}

int
conversation_close(struct conversation *conversation, int result)
{
	int error = side_close(&conversation->side);

	return result != 0 ? result : error;
}
