/* SHAPE_CONNECTED: one connection; messages take turns on it. */
#include <errno.h>
#include <string.h>

#include "drive/shapes.h"

/* A message is sent in blocks of this size, and received in smaller ones. */
#define SEND_BLOCK (1024u * 1024)
#define RECEIVE_BLOCK (64u * 1024)

static bool
keeps_boundaries(const struct conversation *conversation)
{
	return (conversation->side.choice->row.traits & TRAIT_BOUNDARIES) != 0;
}

/* Messages on the connection then are packets, as datagrams are. */
static bool
is_wrapped(const struct conversation *conversation)
{
	return conversation->side.choice->row.wrap != NULL;
}

/* Memory for a block of a message of that length. */
static int
need_block(struct conversation *conversation, uint64_t length, size_t block)
{
	struct side *side = &conversation->side;

	/* A whole record has to fit, and one byte that is too many. */
	if (keeps_boundaries(conversation) || length < block)
		block = (size_t)length + 1;
	return side_need_packet(side, block);
}

static int
send_message(struct conversation *conversation, uint64_t number)
{
	struct side *side = &conversation->side;
	const struct payload *payload = &conversation->payload;
	uint64_t length = payload_length(payload, side->id, number);
	uint64_t offset = 0;
	int error = need_block(conversation, length, SEND_BLOCK);

	if (error != 0)
		return side_fail(side, CALL_SEND, -error, "%s", "");
	do {
		size_t part = length - offset < side->packet_room
		    ? (size_t)(length - offset) : side->packet_room;

		error = payload_read(payload, side->id, number, offset,
		    side->packet, part);
		if (error != 0)
			return side_fail(side, CALL_SEND, -error,
			    "reading what to send");
		error = side_sendall(side, side->packet, part);
		offset += part;
	} while (error == 0 && offset < length);
	return error;
}

static int
wrong_bytes(struct side *side, uint64_t number, uint64_t offset, int error)
{
	if (error != -EBADMSG)
		return side_fail(side, CALL_RECV, -error,
		    "reading what to compare with");
	return side_fail(side, CALL_RECV, 0, "message %llu is not what was "
	    "sent, in the bytes from %llu on", (unsigned long long)number,
	    (unsigned long long)offset);
}

static int
ended_early(struct side *side, uint64_t number, uint64_t got, uint64_t length)
{
	return side_fail(side, CALL_RECV, 0, "the peer ended the connection "
	    "after %llu of %llu bytes of message %llu",
	    (unsigned long long)got, (unsigned long long)length,
	    (unsigned long long)number);
}

/* A record arrives whole; an empty one reads like the end. */
static int
receive_record(struct conversation *conversation, enum side_id from,
    uint64_t number)
{
	struct side *side = &conversation->side;
	uint64_t length = payload_length(&conversation->payload, from, number);
	ssize_t got = side_receive(side, side->packet, (size_t)length + 1,
	    side->timeout_ns);
	int error;

	if (got < 0)
		return (int)got;
	if (got == 0 && length != 0)
		return ended_early(side, number, 0, length);
	if (got == 0 && number == 1)
		conversation_note(conversation, "recv returned 0: taken as an "
		    "empty record, though the end reads the same");
	if ((uint64_t)got != length)
		return side_fail(side, CALL_RECV, 0, "message %llu has %zd "
		    "bytes or more, not %llu", (unsigned long long)number, got,
		    (unsigned long long)length);
	error = payload_check(&conversation->payload, from, number, 0,
	    side->packet, (size_t)got);
	if (error != 0)
		return wrong_bytes(side, number, 0, error);
	conversation_count(conversation, length);
	return 0;
}

/* A stream's bytes arrive in any pieces. */
static int
receive_bytes(struct conversation *conversation, enum side_id from,
    uint64_t number)
{
	struct side *side = &conversation->side;
	uint64_t length = payload_length(&conversation->payload, from, number);
	uint64_t offset = 0;

	while (offset < length) {
		size_t room = length - offset < RECEIVE_BLOCK
		    ? (size_t)(length - offset) : RECEIVE_BLOCK;
		ssize_t got = side_receive(side, side->packet, room,
		    side->timeout_ns);
		int error;

		if (got < 0)
			return (int)got;
		if (got == 0)
			return ended_early(side, number, offset, length);
		error = payload_check(&conversation->payload, from, number,
		    offset, side->packet, (size_t)got);
		if (error != 0)
			return wrong_bytes(side, number, offset, error);
		conversation_count(conversation, (uint64_t)got);
		offset += (uint64_t)got;
	}
	return 0;
}

static int
receive_message(struct conversation *conversation, enum side_id from,
    uint64_t number)
{
	struct side *side = &conversation->side;
	uint64_t length = payload_length(&conversation->payload, from, number);
	int error = need_block(conversation, length, RECEIVE_BLOCK);

	if (error != 0)
		return side_fail(side, CALL_RECV, -error, "%s", "");
	if (keeps_boundaries(conversation))
		return receive_record(conversation, from, number);
	return receive_bytes(conversation, from, number);
}

static int
take_turns_first(struct conversation *conversation)
{
	struct tally *tally = &conversation->account->tally;
	uint64_t messages = payload_messages(&conversation->payload);
	int error = 0;

	for (uint64_t number = 1; error == 0 && number <= messages; number++) {
		error = send_message(conversation, number);
		if (error == 0)
			tally->sent++;
		if (error == 0)
			error = receive_message(conversation, SIDE_SERVER,
			    number);
		if (error == 0)
			tally->round_trips++;
	}
	return error;
}

int
connected_client(struct conversation *conversation)
{
	struct side *side = &conversation->side;
	int error = conversation_open_client(conversation);

	if (error == 0)
		error = side_connect(side, &conversation->meeting->contact);
	if (error == 0)
		error = side_prepare(side, &conversation->meeting->contact);
	if (error == 0 && !conversation_has_nothing(conversation))
		error = is_wrapped(conversation)
		    ? conversation_ask_each(conversation, SIDE_SERVER)
		    : take_turns_first(conversation);
	return conversation_close(conversation, error);
}

static int
take_turns_second(struct conversation *conversation)
{
	uint64_t number = 1;
	int error = 0;

	while (error == 0 && number <=
	    payload_messages(&conversation->payload)) {
		error = receive_message(conversation, SIDE_CLIENT, number);
		if (error == 0)
			error = send_message(conversation, number);
		number++;
	}
	return error;
}

/* What comes after the last message is the end, and nothing else. */
static int
await_end(struct conversation *conversation)
{
	struct side *side = &conversation->side;
	unsigned char byte;
	ssize_t got = side_receive(side, &byte, sizeof(byte),
	    side->timeout_ns);

	if (got > 0)
		return side_fail(side, CALL_RECV, 0,
		    "the client sent more than was agreed");
	return (int)got;
}

int
connected_server(struct conversation *conversation)
{
	struct side *side = &conversation->side;
	int error = conversation_open_server(conversation);

	/* The client keeps the time; when it gives up, this side is woken. */
	side->timeout_ns = 0;
	if (error == 0)
		error = side_accept(side, side->timeout_ns);
	if (error == 0)
		error = side_prepare(side, &side->peer);
	if (error == 0 && !conversation_has_nothing(conversation))
		error = is_wrapped(conversation)
		    ? conversation_answer_each(conversation)
		    : take_turns_second(conversation);
	if (error == 0)
		error = side->choice->row.endless
		    ? conversation_stay(conversation)
		    : await_end(conversation);
	return conversation_close(conversation, error);
}
