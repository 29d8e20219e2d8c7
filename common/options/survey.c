#include "options/survey.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "drive/exchange.h"
#include "drive/step.h"
#include "options/ask.h"
#include "probes/ground.h"

/* A process asks for so long, and leaves the rest to another … */
#define TURN_NS 1000000000
/* … and has ended by then, unless a call does not return. */
#define TURN_LIMIT_NS 5000000000

/* So many calls that do not return are enough. */
#define STUCK_MAX 4

/* What the asking processes leave, in shared memory. */
struct shared {
	/* The option whose turn it is, of the state whose turn it is. */
	_Atomic size_t state;
	_Atomic size_t option;
	_Atomic bool paused;	/* the process has ended between two */
	bool has[STATE_COUNT];
	struct failure failure;
	size_t count;
	struct surveyed surveyed[];
};

bool
level_is_of(const struct option_level *level, const struct cell *cell)
{
	if (level->types != 0 && (level->types & 1u << cell->type) == 0)
		return false;
	if (level->protocols == NULL)
		return true;
	for (const int *protocol = level->protocols;
	     *protocol != PROTOCOL_ANY; protocol++)
		if (*protocol == cell->protocol)
			return true;
	return false;
}

int
options_every(const struct option_level *level,
    int (*visit)(const struct option_level *level,
    const struct option_name *option, void *context), void *context)
{
	for (const struct option_name *option = level->options;
	     option->constant != NULL; option++) {
		int result = visit(level, option, context);

		if (result != 0)
			return result;
	}
	return 0;
}

int
options_each(const struct choice *choice,
    int (*visit)(const struct option_level *level,
    const struct option_name *option, void *context), void *context)
{
	const struct option_level *level = choice->family->levels;
	int result = options_every(&socket_level, visit, context);

	for (; result == 0 && level != NULL && level->constant != NULL;
	     level++)
		if (level_is_of(level, &choice->row))
			result = options_every(level, visit, context);
	return result;
}

/* Asks until its turn is over; whether all have been asked in this state. */
static bool
ask_state(struct asker *asker, struct shared *shared, uint64_t end)
{
	size_t at;

	/* A state that the cell does not have is none of its options'. */
	if (ask_open(asker) != 0)
		return true;
	shared->has[asker->state] = true;
	while ((at = atomic_load(&shared->option)) < shared->count) {
		if (step_left(end) < 0)
			return false;
		/* What has hung once is not asked again. */
		if (!shared->surveyed[at].stuck)
			ask_option(asker, &shared->surveyed[at]);
		atomic_store(&shared->option, at + 1);
	}
	return true;
}

static void
work(struct stage *stage, void *context)
{
	struct shared *shared = context;
	uint64_t end = step_end(TURN_NS);
	size_t state;
	bool all = true;

	while (all && (state = atomic_load(&shared->state)) < STATE_COUNT) {
		struct asker asker = {
			.stage = stage,
			.state = (enum socket_state)state,
			.choice = stage->choice,
		};

		all = ask_state(&asker, shared, end);
		ask_close(&asker);
		if (!all)
			break;
		atomic_store(&shared->option, 0);
		atomic_store(&shared->state, state + 1);
	}
	atomic_store(&shared->paused, true);
}

/* Goes on behind the call that has not returned. */
static void
pass_over(struct shared *shared)
{
	size_t at = atomic_load(&shared->option);

	if (at < shared->count) {
		shared->surveyed[at].stuck = true;
		atomic_store(&shared->option, at + 1);
	} else {
		atomic_store(&shared->option, 0);
		atomic_fetch_add(&shared->state, 1);
	}
}

/* Turn after turn, until all have been asked. */
static int
ask_all(struct survey *survey, const struct ground *ground,
    struct shared *shared, char *why, size_t room)
{
	const struct errand_terms terms = ground_terms(ground);
	const struct errand errand = {
		.terms = &terms,
		.limit_ns = survey->surveying->limit_ns != 0
		    ? survey->surveying->limit_ns : TURN_LIMIT_NS,
		.failure = &shared->failure,
		.work = work,
		.context = shared,
	};
	int stuck = 0;

	while (atomic_load(&shared->state) < STATE_COUNT &&
	    stuck < STUCK_MAX) {
		enum errand_end end;

		atomic_store(&shared->paused, false);
		survey->signal = errand_run(&errand, &end);
		if (survey->signal != 0)
			return 0;
		if (end == ERRAND_UNMADE) {
			snprintf(why, room, "%s: %s", shared->failure.text,
			    strerror(shared->failure.error));
			return -EAGAIN;
		}
		if (!atomic_load(&shared->paused)) {
			pass_over(shared);
			stuck++;
		}
	}
	return 0;
}

static int
count(const struct option_level *level, const struct option_name *option,
    void *context)
{
	size_t *counted = context;

	(void)level;
	(void)option;
	++*counted;
	return 0;
}

static int
add(const struct option_level *level, const struct option_name *option,
    void *context)
{
	struct shared *shared = context;
	struct surveyed *surveyed = &shared->surveyed[shared->count++];

	surveyed->level = level;
	surveyed->option = option;
	return 0;
}

/* Asks, with the ground made; the survey keeps what was found. */
static int
ask_within(struct survey *survey, const struct ground *ground, char *why,
    size_t room)
{
	struct shared *shared;
	size_t options = 0;
	int error;

	options_each(ground->choice, count, &options);
	survey->shared_size = sizeof(*shared) +
	    options * sizeof(shared->surveyed[0]);
	shared = mmap(NULL, survey->shared_size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED) {
		snprintf(why, room, "no memory for the options: %s",
		    strerror(errno));
		return -ENOMEM;
	}
	survey->shared = shared;
	options_each(ground->choice, add, shared);
	error = ask_all(survey, ground, shared, why, room);
	survey->surveyed = shared->surveyed;
	survey->count = shared->count;
	memcpy(survey->has, shared->has, sizeof(survey->has));
	return error;
}

int
survey_run(const struct surveying *surveying, struct survey *survey,
    char *why, size_t room)
{
	struct ground ground = {
		.choice = &surveying->choice,
		.host = surveying->host,
		.wants_setup = surveying->setup,
		.keep_modules = surveying->keep_modules,
	};
	int error;

	memset(survey, 0, sizeof(*survey));
	survey->surveying = surveying;
	error = ground_begin(&ground, &survey->request, &survey->exchange,
	    why, room);
	if (error == 0 && survey->exchange.verdict == VERDICT_WORKS &&
	    survey->exchange.signal == 0)
		error = ask_within(survey, &ground, why, room);
	if (survey->signal == 0)
		survey->signal = survey->exchange.signal;
	ground_end(&ground);
	survey->isolated = ground.isolated;
	survey->made = ground.made;
	strlcpy(survey->left, ground.left, sizeof(survey->left));
	if (error != 0)
		survey_free(survey);
	return error;
}

void
survey_free(struct survey *survey)
{
	if (survey->shared != NULL)
		munmap(survey->shared, survey->shared_size);
	survey->shared = NULL;
	survey->surveyed = NULL;
	survey->count = 0;
	exchange_free(&survey->exchange);
}

int
survey_status(const struct survey *survey)
{
	return report_status(&survey->exchange);
}
