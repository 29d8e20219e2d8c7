#include "drive/payload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How a file is cut where the cell sets no limit. */
#define FILE_CHUNK (64u * 1024)

#define HEADING_MAX 96

static int
open_file(struct payload *payload, const char *path, char *why, size_t room)
{
	struct stat status;
	char byte;
	int error;

	/* Not to wait for the writer of a FIFO. */
	payload->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (payload->fd < 0 || fstat(payload->fd, &status) != 0) {
		error = errno;
		snprintf(why, room, "cannot read '%s': %s", path,
		    strerror(error));
		payload_close(payload);
		return -error;
	}
	if (!S_ISREG(status.st_mode)) {
		error = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
		snprintf(why, room, "cannot read '%s': %s", path,
		    error == EISDIR ? strerror(error) : "not a regular file");
		payload_close(payload);
		return -error;
	}
	/* Files of /proc have bytes, and no size. */
	if (status.st_size == 0 && pread(payload->fd, &byte, 1, 0) == 1) {
		snprintf(why, room, "cannot send '%s': its size is not known "
		    "before it is read", path);
		payload_close(payload);
		return -EINVAL;
	}
	payload->file_size = (uint64_t)status.st_size;
	return 0;
}

int
payload_open(struct payload *payload, const struct request *request,
    uint32_t run, char *why, size_t room)
{
	*payload = (struct payload){
		.kind = request->payload,
		.run = run,
		.text = request->text,
		.fd = -1,
		.chunk = FILE_CHUNK,
		.messages = request->messages,
		.size = request->size,
	};
	if (payload->kind != PAYLOAD_FILE)
		return 0;
	return open_file(payload, request->path, why, room);
}

void
payload_close(struct payload *payload)
{
	if (payload->fd >= 0)
		close(payload->fd);
	payload->fd = -1;
}

uint64_t
payload_messages(const struct payload *payload)
{
	if (payload->kind != PAYLOAD_FILE)
		return payload->messages;
	if (payload->file_size == 0)
		return 1;
	return (payload->file_size - 1) / payload->chunk + 1;
}

static int
heading(const struct payload *payload, enum side_id from, uint64_t number,
    char text[HEADING_MAX])
{
	return snprintf(text, HEADING_MAX, "%llu/%llu hello from %s #%06x",
	    (unsigned long long)number, (unsigned long long)payload->messages,
	    from == SIDE_CLIENT ? "client" : "server", payload->run);
}

uint64_t
payload_length(const struct payload *payload, enum side_id from,
    uint64_t number)
{
	char text[HEADING_MAX];
	uint64_t start;

	switch (payload->kind) {
	case PAYLOAD_TEXT:
		return strlen(payload->text);
	case PAYLOAD_FILE:
		start = (number - 1) * payload->chunk;
		if (start >= payload->file_size)
			return 0;
		return payload->file_size - start < payload->chunk
		    ? payload->file_size - start : payload->chunk;
	case PAYLOAD_MADE:
		break;
	}
	if (payload->size != SIZE_UNSET)
		return payload->size;
	return (uint64_t)heading(payload, from, number, text);
}

uint64_t
payload_largest(const struct payload *payload)
{
	uint64_t first = payload_length(payload, SIDE_CLIENT, 1);
	uint64_t last = payload_length(payload, SIDE_CLIENT,
	    payload_messages(payload));

	return first > last ? first : last;
}

static void
make(const struct payload *payload, enum side_id from, uint64_t number,
    uint64_t offset, unsigned char *bytes, size_t length)
{
	char text[HEADING_MAX];
	uint64_t known = (uint64_t)heading(payload, from, number, text);

	for (size_t i = 0; i < length; i++) {
		uint64_t at = offset + i;

		if (at < known)
			bytes[i] = (unsigned char)text[at];
		else if (at == known)
			bytes[i] = ' ';
		else
			bytes[i] = (unsigned char)('a' +
			    (at - known - 1 + number) % 26);
	}
}

static int
read_file(const struct payload *payload, uint64_t offset, void *bytes,
    size_t length)
{
	size_t done = 0;

	while (done < length) {
		ssize_t got = pread(payload->fd, (char *)bytes + done,
		    length - done, (off_t)(offset + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return -EIO;
		done += (size_t)got;
	}
	return 0;
}

int
payload_read(const struct payload *payload, enum side_id from,
    uint64_t number, uint64_t offset, void *bytes, size_t length)
{
	switch (payload->kind) {
	case PAYLOAD_TEXT:
		memcpy(bytes, payload->text + offset, length);
		return 0;
	case PAYLOAD_FILE:
		return read_file(payload,
		    (number - 1) * payload->chunk + offset, bytes, length);
	case PAYLOAD_MADE:
		break;
	}
	make(payload, from, number, offset, bytes, length);
	return 0;
}

int
payload_check(const struct payload *payload, enum side_id from,
    uint64_t number, uint64_t offset, const void *bytes, size_t length)
{
	unsigned char expected[4096];
	const unsigned char *received = bytes;
	size_t done = 0;

	while (done < length) {
		size_t part = length - done < sizeof(expected)
		    ? length - done : sizeof(expected);
		int error = payload_read(payload, from, number, offset + done,
		    expected, part);

		if (error != 0)
			return error;
		if (memcmp(expected, received + done, part) != 0)
			return -EBADMSG;
		done += part;
	}
	return 0;
}

static bool
is_message(const struct payload *payload, enum side_id from, uint64_t number,
    const void *bytes, size_t length)
{
	return length == payload_length(payload, from, number) &&
	    payload_check(payload, from, number, 0, bytes, length) == 0;
}

uint64_t
payload_identify(const struct payload *payload, enum side_id from,
    uint64_t expected, const void *bytes, size_t length)
{
	char text[24];
	uint64_t number;

	if (is_message(payload, from, expected, bytes, length))
		return expected;
	if (payload->kind != PAYLOAD_MADE || length == 0)
		return 0;
	snprintf(text, sizeof(text), "%.*s",
	    (int)(length < sizeof(text) ? length : sizeof(text) - 1),
	    (const char *)bytes);
	number = strtoull(text, NULL, 10);
	if (number == 0 || number > payload->messages ||
	    !is_message(payload, from, number, bytes, length))
		return 0;
	return number;
}
