#include "options/ask.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <stdio.h>
#include <string.h>

#include "options/state.h"
#include "setup/setup.h"

/* A value, as it is passed. */
struct passed {
	_Alignas(8) unsigned char bytes[OPTION_SIZE_MAX];
	socklen_t length;
};

/* Lets every packet pass, whole. */
static int
load_program(struct asker *asker)
{
	static const struct bpf_insn take_all[] = {
		{ .code = BPF_ALU | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0,
		  .imm = 0x40000 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attributes;

	if (asker->program == 0) {
		memset(&attributes, 0, sizeof(attributes));
		attributes.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
		attributes.insn_cnt = 2;
		attributes.insns = (uint64_t)(uintptr_t)take_all;
		attributes.license = (uint64_t)(uintptr_t)"ISC";
		asker->program = asker->side->calls->bpf(
		    &asker->side->recorder, BPF_PROG_LOAD, &attributes,
		    sizeof(attributes));
	}
	return asker->program;
}

/* The length of a filter that is read counts its instructions. */
static void
count_filter(struct passed *value)
{
	const struct sock_fprog program = {
		.len = (unsigned short)value->length
	};

	if (value->length == 0)
		return;
	memset(value, 0, sizeof(*value));
	memcpy(value->bytes, &program, sizeof(program));
	value->length = sizeof(program);
}

static int
get(struct asker *asker, const struct surveyed *surveyed,
    struct passed *value)
{
	const struct option_name *option = surveyed->option;
	socklen_t room = (socklen_t)reading_size(option);
	int error;

	memset(value, 0, sizeof(*value));
	if (option->asked != NULL)
		memcpy(value->bytes, option->asked, room);
	value->length = room;
	error = asker->side->calls->getsockopt(&asker->side->recorder,
	    asker->fd, surveyed->level->number, option->name, value->bytes,
	    &value->length);
	/* Some say how long it would have been. */
	if (value->length > room)
		value->length = room;
	if (error >= 0 && option->value == OPTION_FILTER)
		count_filter(value);
	return error;
}

static int
set(struct asker *asker, int level, int name, const struct passed *value)
{
	return asker->side->calls->setsockopt(&asker->side->recorder,
	    asker->fd, level, name, value->bytes, value->length);
}

/* The opposite of a bool that was read, in as many bytes. */
static void
turn_over(const struct option_name *option, const struct passed *before,
    bool read, struct passed *value)
{
	static const struct passed off;

	memset(value, 0, sizeof(*value));
	value->length = (socklen_t)reading_size(option);
	if (!read || memcmp(before->bytes, off.bytes, before->length) == 0) {
		const int on = 1;

		/* One byte of the machine's order, or all of it. */
		if (value->length < sizeof(on))
			value->bytes[0] = 1;
		else
			memcpy(value->bytes, &on, sizeof(on));
	}
}

/* What is tried; whether there is anything. */
static bool
choose(struct asker *asker, const struct option_name *option,
    const struct passed *before, bool read, struct passed *value)
{
	memset(value, 0, sizeof(*value));
	if ((option->flags & OPTION_UNTRIED) != 0)
		return false;
	if (option->tried != NULL) {
		memcpy(value->bytes, option->tried, option->length);
		value->length = (socklen_t)option->length;
	} else if (option->value == OPTION_PROGRAM) {
		int program = load_program(asker);

		memcpy(value->bytes, &program, sizeof(program));
		value->length = sizeof(program);
		return program > 0;
	} else if (option->value == OPTION_BOOL)
		turn_over(option, before, read, value);
	else if (read)
		*value = *before;
	else if ((option->flags & OPTION_GET_ONLY) != 0)
		value->length = (socklen_t)reading_size(option);
	else
		return false;
	return true;
}

/* The option of that number, of the same level of the cell. */
struct search {
	int level, name;
	const struct option_name *found;
};

static int
match(const struct option_level *level, const struct option_name *option,
    void *context)
{
	struct search *search = context;

	if (level->number != search->level || option->name != search->name)
		return 0;
	search->found = option;
	return 1;
}

/* How many options a value may need before it, each by the next. */
#define FIRST_MOST 4

/*
 * Sets what the option speaks of, and before it what that one speaks of.
 * Returns whether anything was set.
 */
static bool
set_first(struct asker *asker, int level, const struct option_name *option)
{
	const struct option_name *chain[FIRST_MOST];
	size_t count = 0;
	bool done = false;

	while (option->first != 0 && count < FIRST_MOST) {
		struct search search = { .level = level,
			.name = option->first };

		if (options_each(asker->choice, match, &search) == 0)
			break;
		option = chain[count++] = search.found;
	}
	while (count-- > 0) {
		struct passed value;

		if (choose(asker, chain[count], &value, false, &value) &&
		    set(asker, level, chain[count]->name, &value) == 0)
			done = true;
	}
	return done;
}

static void
note(struct asker *asker, const struct option_name *option,
    const struct passed *value, char text[READING_MAX])
{
	if (text[0] != '\0')
		return;
	if (option->varies != NULL)
		snprintf(text, READING_MAX, "%s", option->varies);
	else
		reading_tell(asker->choice->family, option, value->bytes,
		    value->length, text, READING_MAX);
}

static void
take(struct tries *tries, enum socket_state state, int error)
{
	tries->made[state] = true;
	tries->error[state] = -error;
}

static bool
equal(const struct passed *a, const struct passed *b)
{
	return a->length == b->length &&
	    memcmp(a->bytes, b->bytes, a->length) == 0;
}

/*
 * Tries to set it; *changed: the socket is no longer what it was. The value is
 * put back: what lingers would hold up close().
 */
static void
try_set(struct asker *asker, struct surveyed *surveyed,
    const struct passed *before, bool read, bool *changed)
{
	const struct option_name *option = surveyed->option;
	int level = surveyed->level->number;
	struct passed value, after;
	bool unchanged;
	int error;

	if (!choose(asker, option, before, read, &value))
		return;
	error = set(asker, level, option->name, &value);
	take(&surveyed->set, asker->state, error < 0 ? error : 0);
	if (surveyed->tried[0] != '\0' ||
	    (option->flags & OPTION_GET_ONLY) != 0)
		;
	else if (option->varies != NULL && option->tried == NULL)
		strlcpy(surveyed->tried, "what was read", READING_MAX);
	else
		reading_tell(asker->choice->family, option, value.bytes,
		    value.length, surveyed->tried, READING_MAX);
	if (error < 0)
		return;
	unchanged = !*changed && ask_is_costly(asker);
	*changed = true;
	if ((option->flags & OPTION_UNREAD) != 0 ||
	    get(asker, surveyed, &after) < 0)
		return;
	note(asker, option, &after, surveyed->read_back);
	if (read && set(asker, level, option->name, before) >= 0 &&
	    get(asker, surveyed, &after) >= 0 && equal(before, &after))
		*changed = !unchanged;
}

int
ask_option(struct asker *asker, struct surveyed *surveyed)
{
	const struct option_name *option = surveyed->option;
	struct passed before = { .length = 0 };
	bool changed = false;
	bool read = false;
	int error = asker->side == NULL ? ask_open(asker) : 0;

	if (error != 0)
		return error;
	if (set_first(asker, surveyed->level->number, option))
		changed = true;
	if ((option->flags & OPTION_UNREAD) == 0) {
		error = get(asker, surveyed, &before);
		take(&surveyed->get, asker->state, error < 0 ? error : 0);
		read = error >= 0;
	}
	if (read)
		note(asker, option, &before, surveyed->value);
	try_set(asker, surveyed, &before, read, &changed);
	if (changed)
		ask_close(asker);
	return 0;
}
