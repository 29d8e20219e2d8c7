#include "render/progress.h"

#include <time.h>
#include <unistd.h>

#define QUIET_NS 500000000u
#define BAR 40

static uint64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void
progress_begin(struct progress *progress, FILE *out)
{
	progress->out = isatty(fileno(out)) ? out : NULL;
	progress->begun_ns = now_ns();
	progress->shown = false;
}

void
progress_show(uint64_t done, uint64_t total, void *context)
{
	struct progress *progress = context;
	uint64_t passed = now_ns() - progress->begun_ns;
	char bar[BAR + 1];
	unsigned filled;

	if (progress->out == NULL || passed < QUIET_NS || total == 0)
		return;
	filled = done < total ? (unsigned)((double)done / (double)total * BAR)
			      : BAR;
	for (unsigned i = 0; i < BAR; i++)
		bar[i] = i < filled ? '#' : '.';
	bar[BAR] = '\0';
	fprintf(progress->out, "\r[%s] %3u%%  %.1f MB/s ", bar,
	    filled * 100 / BAR, (double)done * 1e3 / (double)passed);
	fflush(progress->out);
	progress->shown = true;
}

void
progress_end(struct progress *progress)
{
	/* Over the line, and back to its beginning. */
	if (progress->shown)
		fprintf(progress->out, "\r%*s\r", BAR + 24, "");
	progress->shown = false;
}
