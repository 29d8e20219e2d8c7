/*
 * SHAPE_DATAGRAM and SHAPE_BUS: messages to addresses. The client sends one,
 * waits for its answer, and goes on when it is clear that none will come.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drive/shapes.h"
#include "drive/step.h"

/* How long an answer may take before the message counts as lost. */
#define LOST_AFTER_NS 1000000000

/* After so many losses in a row the rest is not sent. */
#define LOST_IN_A_ROW 3

/* Which of the last messages were answered: bit 0 is the newest. */
struct window {
	uint64_t newest;
	uint64_t answered;
};

static void
window_begin(struct window *window, uint64_t number)
{
	window->answered <<= 1;
	window->newest = number;
}

/* Marks it as answered; whether it had been before. */
static bool
window_mark(struct window *window, uint64_t number)
{
	uint64_t age = window->newest - number;
	bool before = age >= 64 || (window->answered >> age & 1) != 0;

	if (age < 64)
		window->answered |= (uint64_t)1 << age;
	return before;
}

static bool
is_reliable(const struct conversation *conversation)
{
	return (conversation->side.choice->row.traits & TRAIT_RELIABLE) != 0;
}

/* Whether the answer to the message is the last that could come at all. */
static bool
is_last_chance(const struct conversation *conversation, uint64_t number)
{
	return conversation->account->tally.round_trips == 0 &&
	    number == payload_messages(&conversation->payload);
}

/* On a busy machine a loss is not known by a second alone. */
static int64_t
answer_timeout(const struct conversation *conversation, uint64_t number)
{
	const struct cell *cell = &conversation->side.choice->row;
	int64_t timeout = conversation->side.timeout_ns;

	if (cell->patience_ms != 0)
		return (int64_t)cell->patience_ms * 1000000;
	if (is_reliable(conversation) || timeout < LOST_AFTER_NS ||
	    is_last_chance(conversation, number))
		return timeout;
	return LOST_AFTER_NS;
}

static int
send_message(struct conversation *conversation, uint64_t number,
    const struct endpoint *to)
{
	struct side *side = &conversation->side;
	const struct payload *payload = &conversation->payload;
	size_t length = (size_t)payload_length(payload, side->id, number);
	unsigned char *bytes = conversation->scratch;
	int error = payload_read(payload, side->id, number, 0, bytes, length);

	if (error != 0)
		return side_fail(side, step_sending_call(side), -error,
		    "reading what to send");
	return side_sendto(side, bytes, length, number, to);
}

static int
wrong_message(struct side *side, size_t length)
{
	return side_fail(side, step_receiving_call(side), 0,
	    "a message of %zu bytes came that is none of those sent", length);
}

/* Memory for the longest message, and how long one may be received. */
static int
prepare(struct conversation *conversation)
{
	struct side *side = &conversation->side;
	uint64_t largest = payload_largest(&conversation->payload);

	side->expects = largest;
	conversation->scratch = malloc(largest != 0 ? (size_t)largest : 1);
	if (conversation->scratch == NULL)
		return step_fail(side, step_sending_call(side), -ENOMEM);
	return 0;
}

/*
 * Takes in an answer that is not the awaited one: it came twice, or late.
 * Returns 0, or fails where the traits promise that it can't.
 */
static int
take_stray(struct conversation *conversation, struct window *window,
    uint64_t number, size_t length)
{
	struct side *side = &conversation->side;
	struct tally *tally = &conversation->account->tally;
	unsigned traits = side->choice->row.traits;
	bool again = number > window->newest || window_mark(window, number);

	if (again) {
		tally->duplicated++;
	} else {
		tally->reordered++;
		tally->lost--;
		tally->round_trips++;
		conversation_count(conversation, length);
	}
	if ((traits & (again ? TRAIT_RELIABLE : TRAIT_ORDERED)) == 0)
		return 0;
	return side_fail(side, step_receiving_call(side), 0,
	    "the answer to message %llu came %s, on a cell that is %s",
	    (unsigned long long)number, again ? "twice" : "late",
	    again ? "reliable" : "ordered");
}

/* Asks the cell whether the kernel's answer is right; notes what it says. */
static int
verify(struct conversation *conversation, uint64_t number, const void *bytes,
    size_t length)
{
	struct side *side = &conversation->side;
	struct verification verification = {
		.question = conversation->scratch,
		.question_length = (size_t)payload_length(
		    &conversation->payload, side->id, number),
		.answer = bytes,
		.answer_length = length,
	};
	int error = side_verify(side, number, &verification);

	if (error == 0 && number == 1)
		conversation_note_lines(conversation, verification.text);
	return error;
}

/*
 * Whether a message that is none of those sent may come in any case: it is
 * another's, or one of which a part was lost.
 */
static bool
may_be_strange(const struct conversation *conversation)
{
	const struct cell *cell = &conversation->side.choice->row;

	return !is_reliable(conversation) &&
	    (cell->shape == SHAPE_BUS || cell->part != NULL);
}

/* Whether it is told who sent what is received. */
static bool
knows_senders(const struct conversation *conversation)
{
	const struct cell *cell = &conversation->side.choice->row;

	return cell->shape != SHAPE_CONNECTED && !cell->unaddressed &&
	    cell->receive == NULL;
}

/* Whether what came is nothing of this conversation, and harmless. */
static bool
is_foreign(const struct conversation *conversation,
    const struct endpoint *expected)
{
	const struct side *side = &conversation->side;

	if (may_be_strange(conversation))
		return true;
	return knows_senders(conversation) &&
	    !endpoint_equal(&side->peer, expected);
}

/* Waits for the answer to the newest message: 0, or -ETIMEDOUT. */
static int
await_answer(struct conversation *conversation, enum side_id answers,
    struct window *window)
{
	struct side *side = &conversation->side;
	struct tally *tally = &conversation->account->tally;
	uint64_t end = step_end(answer_timeout(conversation,
	    window->newest));

	/* What else comes meanwhile buys no more time. */
	for (;;) {
		const void *bytes;
		ssize_t got = side_recvfrom(side, &bytes, window->newest,
		    &side->peer, step_left(end));
		uint64_t number;

		if (got < 0)
			return (int)got;
		if (side->choice->row.verify != NULL) {
			int error = verify(conversation, window->newest,
			    bytes, (size_t)got);

			if (error != 0)
				return error;
			number = window->newest;
		} else {
			number = payload_identify(&conversation->payload,
			    answers, window->newest, bytes, (size_t)got);
		}
		if (number == window->newest) {
			window_mark(window, number);
			tally->round_trips++;
			conversation_count(conversation, (uint64_t)got);
			return 0;
		}
		if (number != 0) {
			int error = take_stray(conversation, window, number,
			    (size_t)got);

			if (error != 0)
				return error;
		} else if (!is_foreign(conversation,
		    &conversation->meeting->contact)) {
			return wrong_message(side, (size_t)got);
		} else {
			side->ignored++;
		}
	}
}

/* Whether the exchange may go on without an answer. */
static bool
may_lose(const struct conversation *conversation, uint64_t number,
    unsigned in_a_row)
{
	if (is_reliable(conversation) ||
	    conversation->payload.kind == PAYLOAD_FILE ||
	    conversation->side.choice->row.patience_ms != 0)
		return false;
	/* Something has to come back in the end. */
	return conversation->account->tally.round_trips != 0 ||
	    (in_a_row < LOST_IN_A_ROW &&
	     number < payload_messages(&conversation->payload));
}

static int
missing_answer(struct conversation *conversation, uint64_t number,
    unsigned in_a_row)
{
	struct side *side = &conversation->side;

	conversation->account->tally.lost++;
	if (may_lose(conversation, number, in_a_row))
		return 0;
	return side_fail(side, step_receiving_call(side), ETIMEDOUT,
	    "no answer to message %llu within %g s",
	    (unsigned long long)number,
	    (double)answer_timeout(conversation, number) / 1e9);
}

int
conversation_ask_each(struct conversation *conversation, enum side_id answers)
{
	struct tally *tally = &conversation->account->tally;
	uint64_t messages = payload_messages(&conversation->payload);
	struct window window = { 0, 0 };
	unsigned in_a_row = 0;
	int error = prepare(conversation);

	for (uint64_t number = 1; error == 0 && number <= messages &&
	    in_a_row < LOST_IN_A_ROW; number++) {
		window_begin(&window, number);
		error = send_message(conversation, number,
		    &conversation->meeting->contact);
		if (error != 0)
			break;
		tally->sent++;
		error = await_answer(conversation, answers, &window);
		in_a_row = error == 0 ? 0 : in_a_row + 1;
		if (error == -ETIMEDOUT)
			error = missing_answer(conversation, number, in_a_row);
	}
	tally->ignored = conversation->side.ignored;
	if (error == 0 && tally->sent < messages)
		conversation_note(conversation, "%llu messages were not sent: "
		    "%u in a row had been lost",
		    (unsigned long long)(messages - tally->sent),
		    LOST_IN_A_ROW);
	return error;
}

int
datagram_client(struct conversation *conversation)
{
	int error = conversation_open_client(conversation);

	if (error == 0 && !conversation_has_nothing(conversation))
		error = conversation_ask_each(conversation, SIDE_SERVER);
	return conversation_close(conversation, error);
}

/* One message in, its answer out. Sets *number to which it was. */
static int
answer_one(struct conversation *conversation, uint64_t expected,
    uint64_t *number)
{
	struct side *side = &conversation->side;
	struct endpoint from;
	const void *bytes;
	/* The client keeps the time; when it ends, this side is woken. */
	ssize_t got = side_recvfrom(side, &bytes, expected, &from, 0);

	if (got < 0)
		return (int)got;
	*number = payload_identify(&conversation->payload, SIDE_CLIENT,
	    expected, bytes, (size_t)got);
	if (*number == 0 && (may_be_strange(conversation) ||
	    (knows_senders(conversation) && side->peer.length != 0 &&
		!endpoint_equal(&from, &side->peer)))) {
		side->ignored++;
		return 0;
	}
	if (*number == 0)
		return wrong_message(side, (size_t)got);
	if (side->choice->row.shape != SHAPE_CONNECTED)
		side->peer = from;
	conversation_count(conversation, (uint64_t)got);
	return send_message(conversation, *number, &from);
}

int
conversation_answer_each(struct conversation *conversation)
{
	uint64_t expected = 1;
	int error = prepare(conversation);

	while (error == 0 &&
	    expected <= payload_messages(&conversation->payload)) {
		uint64_t number = 0;

		error = answer_one(conversation, expected, &number);
		if (number >= expected)
			expected = number + 1;
	}
	return error;
}

int
datagram_server(struct conversation *conversation)
{
	int error = conversation_open_server(conversation);

	if (error == 0 && !conversation_has_nothing(conversation))
		error = conversation_answer_each(conversation);
	if (error == 0)
		error = conversation_stay(conversation);
	return conversation_close(conversation, error);
}
