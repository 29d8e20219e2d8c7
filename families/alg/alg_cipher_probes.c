/* Ciphers without an operation or a key, and algorithms that there are not. */
#include <errno.h>
#include <string.h>

#include "alg_probes.h"
#include "alg_vector.h"
#include "record/calls.h"
#include "probes/control.h"

#define CIPHER { .protocol = "skcipher" }

/* A block goes through a new operation; 0: the message names none. */
static ssize_t
pass(struct stage *stage, struct side *side, uint32_t operation, bool named,
    unsigned char block[ALG_BLOCK])
{
	int before = side->fd;
	ssize_t result = side->calls->accept(&side->recorder, side->below,
	    NULL, SOCK_CLOEXEC);

	if (result < 0)
		return result;
	side->fd = (int)result;
	result = control_send(stage, side, block, ALG_BLOCK, SOL_ALG,
	    ALG_SET_OP, named ? &operation : NULL, sizeof(operation));
	if (result == ALG_BLOCK)
		result = STAGE_CALL(side, recv, block, ALG_BLOCK,
		    MSG_DONTWAIT);
	STAGE_CALL(side, close);
	side->fd = before;
	return result;
}

/* What is done by default is undone by its opposite. */
static int
no_operation(struct stage *stage, struct observation *seen)
{
	unsigned char out[ALG_BLOCK], back[ALG_BLOCK];
	struct side *side, *none;
	ssize_t result;
	int error = stage_pair(stage, &side, &none);

	if (error != 0)
		return error;
	memcpy(out, alg_vector_plaintext, sizeof(out));
	result = pass(stage, side, 0, false, out);
	if (result < 0)
		return observe(seen, "%s", observed_errno(result));
	memcpy(back, out, sizeof(back));
	pass(stage, side, ALG_OP_ENCRYPT, true, back);
	if (memcmp(back, alg_vector_plaintext, sizeof(back)) == 0)
		return observe(seen, "decrypted");
	memcpy(back, out, sizeof(back));
	pass(stage, side, ALG_OP_DECRYPT, true, back);
	return observe(seen, memcmp(back, alg_vector_plaintext,
	    sizeof(back)) == 0 ? "encrypted" : "something else");
}

const struct probe alg_no_operation = {
	.id = "alg-operation",
	.group = GROUP_ERRORS,
	.question = "A message that names no operation: what is done to it?",
	.cells = CIPHER,
	.answers = (const char *const[]){ "decrypted", "encrypted",
	    "something else", "{errno}", NULL },
	.run = no_operation,
};

/* A socket of the same algorithm that is bound, and has no key. */
static int
bind_another(struct stage *stage, struct side **out)
{
	struct side *side, *none;
	int error = stage_pair(stage, &side, &none);

	if (error == 0)
		error = stage_socket(stage, SIDE_CLIENT, out);
	if (error == 0)
		error = STAGE_CALL(*out, bind, &side->self);
	return error;
}

static int
no_key(struct stage *stage, struct observation *seen)
{
	unsigned char block[ALG_BLOCK] = { 0 };
	struct side *side;
	ssize_t result;
	int error = bind_another(stage, &side);

	if (error != 0)
		return error;
	side->below = side->fd;
	result = pass(stage, side, ALG_OP_ENCRYPT, true, block);
	return observe(seen, "%s", result < 0 ? observed_errno(result)
	    : "encrypted");
}

const struct probe alg_no_key = {
	.id = "alg-key.none",
	.group = GROUP_ERRORS,
	.question = "Data is sent to a cipher that has no key?",
	.cells = CIPHER,
	.answers = (const char *const[]){ "encrypted", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "{errno}", .source = "Linux, "
		    "crypto/userspace-if.rst: must set the key before" },
		{ .answer = NULL },
	},
	.run = no_key,
};

/* The manual says that it is set on what accept() returns. */
static int
late_key(struct stage *stage, struct observation *seen)
{
	struct side *side, *none;
	int error = stage_pair(stage, &side, &none);

	if (error != 0)
		return error;
	return observe(seen, "%s", observed_errno(STAGE_CALL(side, setsockopt,
	    SOL_ALG, ALG_SET_KEY, alg_vector_key, ALG_BLOCK)));
}

const struct probe alg_late_key = {
	.id = "alg-key.operation",
	.group = GROUP_OPTIONS,
	.question = "ALG_SET_KEY on what accept() has returned?",
	.cells = CIPHER,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "ok", .source = "Linux, crypto/userspace-if.rst: "
		    "setsockopt with what accept returned" },
		{ .answer = NULL },
	},
	.run = late_key,
};

static int
unknown(struct stage *stage, struct observation *seen)
{
	struct sockaddr_alg alg = { .salg_family = AF_ALG };
	struct endpoint address;
	struct side *side;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	if (error != 0)
		return error;
	strlcpy((char *)alg.salg_type, stage->choice->protocol,
	    sizeof(alg.salg_type));
	strlcpy((char *)alg.salg_name, "sockdemo", sizeof(alg.salg_name));
	endpoint_set(&address, &alg, sizeof(alg));
	return observe(seen, "%s", observed_errno(STAGE_CALL(side, bind,
	    &address)));
}

const struct probe alg_unknown = {
	.id = "alg-unknown",
	.group = GROUP_NAMING,
	.question = "bind() to an algorithm that there is not?",
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.run = unknown,
};
