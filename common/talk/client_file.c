/*
 * client --file: sends a file to a server that sends back what comes, and
 * compares. On a stream, bytes go both ways at once: a server whose answers
 * nobody reads stops reading.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "drive/payload.h"
#include "render/progress.h"
#include "talk/talk.h"

#define BLOCK (64u * 1024)

struct transfer {
	struct talk *talk;
	struct payload payload;
	struct progress progress;
	uint64_t sent;
	uint64_t returned;
	unsigned char *block;
	size_t block_size;
};

static void
show_progress(struct transfer *transfer)
{
	progress_show(transfer->sent + transfer->returned,
	    2 * transfer->payload.file_size, &transfer->progress);
}

static int
differs(struct transfer *transfer, enum call call, int error)
{
	if (error == -EBADMSG)
		return side_fail(&transfer->talk->side, call, 0,
		    "what came back differs from the file, in the bytes from "
		    "%llu on", (unsigned long long)transfer->returned);
	return side_fail(&transfer->talk->side, call, -error,
	    "reading the file again");
}

static int
ended_early(struct transfer *transfer)
{
	return side_fail(&transfer->talk->side, CALL_RECV, 0,
	    "the server ended after %llu of %llu bytes",
	    (unsigned long long)transfer->returned,
	    (unsigned long long)transfer->payload.file_size);
}

/* Sends a part of the file, as much as the socket takes. */
static int
send_part(struct transfer *transfer)
{
	struct talk *talk = transfer->talk;
	struct side *side = &talk->side;
	uint64_t left = transfer->payload.file_size - transfer->sent;
	size_t part = left < transfer->block_size ? (size_t)left
						  : transfer->block_size;
	int error = payload_read(&transfer->payload, SIDE_CLIENT, 1,
	    transfer->sent, transfer->block, part);
	ssize_t sent;

	if (error != 0)
		return side_fail(side, CALL_SEND, -error, "reading the file");
	sent = side->calls->send(&side->recorder, side->fd, transfer->block,
	    side_portion(side, part), talk->choice.row.send_flags);
	if (sent == -EAGAIN || sent == -EINTR)
		return 0;
	if (sent < 0)
		return side_fail(side, CALL_SEND, (int)-sent, "%s", "");
	transfer->sent += (uint64_t)sent;
	if (transfer->sent < transfer->payload.file_size ||
	    (talk->choice.row.traits & TRAIT_HALF_CLOSE) == 0)
		return 0;
	error = side->calls->shutdown(&side->recorder, side->fd, SHUT_WR);
	return error == 0 ? 0 : side_fail(side, CALL_SHUTDOWN, -error, "%s",
	    "");
}

static int
receive_part(struct transfer *transfer)
{
	struct side *side = &transfer->talk->side;
	ssize_t got = side->calls->recv(&side->recorder, side->fd,
	    transfer->block, transfer->block_size, 0);
	int error;

	if (got == -EAGAIN || got == -EINTR)
		return 0;
	if (got < 0)
		return side_fail(side, CALL_RECV, (int)-got, "%s", "");
	if (got == 0)
		return ended_early(transfer);
	if ((uint64_t)got > transfer->sent - transfer->returned)
		return side_fail(side, CALL_RECV, 0,
		    "the server sent more than it was sent");
	error = payload_check(&transfer->payload, SIDE_CLIENT, 1,
	    transfer->returned, transfer->block, (size_t)got);
	if (error != 0)
		return differs(transfer, CALL_RECV, error);
	transfer->returned += (uint64_t)got;
	return 0;
}

static int
wait_for_socket(struct transfer *transfer, short *ready)
{
	struct side *side = &transfer->talk->side;
	bool sending = transfer->sent < transfer->payload.file_size;
	struct pollfd polled[] = {
		{ .fd = side->fd,
		  .events = (short)(POLLIN | (sending ? POLLOUT : 0)) },
		{ .fd = side->wake, .events = POLLIN },
	};
	int count;

	do
		count = poll(polled, 2, (int)(side->timeout_ns / 1000000) + 1);
	while (count < 0 && errno == EINTR);
	if (count < 0)
		return -errno;
	if (polled[1].revents != 0)
		return -ECANCELED;
	if (count == 0)
		return side_fail(side, sending ? CALL_SEND : CALL_RECV,
		    ETIMEDOUT, "nothing moved within %g s",
		    (double)side->timeout_ns / 1e9);
	*ready = polled[0].revents;
	return 0;
}

static int
stream_file(struct transfer *transfer)
{
	int error = 0;

	while (error == 0 &&
	    transfer->returned < transfer->payload.file_size) {
		short ready = 0;

		error = wait_for_socket(transfer, &ready);
		if (error == 0 && (ready & (POLLIN | POLLHUP | POLLERR)) != 0)
			error = receive_part(transfer);
		if (error == 0 && (ready & POLLOUT) != 0 &&
		    transfer->sent < transfer->payload.file_size)
			error = send_part(transfer);
		show_progress(transfer);
	}
	return error;
}

/* Sends one message and waits for it to come back. */
static int
bounce(struct transfer *transfer, uint64_t number, size_t length)
{
	struct talk *talk = transfer->talk;
	struct side *side = &talk->side;
	const void *bytes = transfer->block;
	bool connected = !talk_has_packets(talk);
	enum call call = connected ? CALL_RECV : CALL_RECVFROM;
	bool ended = false;
	ssize_t got;
	int error;

	error = connected
	    ? side_sendall(side, transfer->block, length)
	    : side_sendto(side, transfer->block, length, number,
		&talk->address);
	if (error != 0)
		return error;
	transfer->sent += length;
	/* One byte more than was sent, to see whether more came back. */
	got = connected
	    ? talk_receive(talk, transfer->block, transfer->block_size + 1,
		side->timeout_ns, &ended)
	    : talk_recvfrom(talk, &bytes, number, &side->peer,
		side->timeout_ns);
	if (got == -ETIMEDOUT)
		return side_fail(side, call, ETIMEDOUT, "message %llu did not "
		    "come back within %g s", (unsigned long long)number,
		    (double)side->timeout_ns / 1e9);
	if (got < 0)
		return (int)got;
	if (ended)
		return ended_early(transfer);
	error = (size_t)got != length ? -EBADMSG
	    : payload_check(&transfer->payload, SIDE_CLIENT, 1,
		transfer->returned, bytes, length);
	if (error != 0)
		return differs(transfer, call, error);
	transfer->returned += length;
	return 0;
}

static int
bounce_file(struct transfer *transfer)
{
	uint64_t size = transfer->payload.file_size;
	uint64_t number = 0;
	int error;

	do {
		uint64_t left = size - transfer->sent;
		size_t length = left < transfer->block_size
		    ? (size_t)left : transfer->block_size;

		error = payload_read(&transfer->payload, SIDE_CLIENT, 1,
		    transfer->sent, transfer->block, length);
		if (error != 0)
			return side_fail(&transfer->talk->side, CALL_SENDTO,
			    -error, "reading the file");
		error = bounce(transfer, ++number, length);
		show_progress(transfer);
	} while (error == 0 && transfer->sent < size);
	if (error == 0 && number > 1)
		words_print(talk_words(transfer->talk), "the file travelled "
		    "in %llu messages of at most %zu bytes\n",
		    (unsigned long long)number, transfer->block_size);
	return error;
}

static int
choose_block(struct transfer *transfer)
{
	size_t piece = transfer->talk->choice.row.file_piece;
	uint64_t largest;
	int error = side_largest(&transfer->talk->side, &largest);

	if (error != 0)
		return error;
	if (piece != 0 && piece < largest)
		largest = piece;
	transfer->block_size = largest < BLOCK ? (size_t)largest : BLOCK;
	transfer->block = malloc(transfer->block_size + 1);
	return transfer->block != NULL ? 0 : -ENOMEM;
}

static int
move_file(struct transfer *transfer)
{
	struct talk *talk = transfer->talk;
	bool records = (talk->choice.row.traits & TRAIT_BOUNDARIES) != 0;
	int error = choose_block(transfer);

	if (error != 0)
		return error;
	/* The whole file is one message to payload_read() and its kin. */
	transfer->payload.chunk = transfer->payload.file_size;
	error = records && (transfer->payload.file_size != 0 ||
	    (talk->choice.row.traits & TRAIT_EMPTY) != 0)
	    ? bounce_file(transfer) : stream_file(transfer);
	if (error == 0)
		words_print(talk_words(talk), "%llu bytes went to the server "
		    "and came back the same\n",
		    (unsigned long long)transfer->returned);
	return error;
}

int
talk_client_file(struct talk *talk)
{
	struct transfer transfer = { .talk = talk };
	char why[FAILURE_MAX];
	int error = payload_open(&transfer.payload, &talk->request, 0, why,
	    sizeof(why));

	if (error != 0) {
		side_fail(&talk->side, CALL_SEND, -error, "%s", why);
		talk->failure.named = false;
		return error;
	}
	progress_begin(&transfer.progress, stderr);
	error = talk_connect(talk);
	if (error == 0)
		error = move_file(&transfer);
	progress_end(&transfer.progress);
	talk->report.tally.bytes = transfer.sent + transfer.returned;
	talk->report.tally.round_trips = error == 0 ? 1 : 0;
	free(transfer.block);
	payload_close(&transfer.payload);
	return error;
}
