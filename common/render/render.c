#include "render/render.h"

const struct renderer renderers[] = {
	{ "ladder", render_ladder },
	{ "text", render_text },
	{ "strace", render_strace },
	{ "json", render_json },
	{ .name = NULL },
};
