/*
 * option_set: puts the value of one option into the options, or says what is
 * wrong with it.
 */
#ifndef CLI_OPTION_SET_H
#define CLI_OPTION_SET_H

#include "cli/options.h"

/* "sockdemo: WHAT 'VALUE': WHY" on stderr. Returns STATUS_USAGE. */
int option_complain(const char *what, const char *value, const char *why);

/*
 * Each returns 0, or complains and returns STATUS_USAGE. A value that is kept
 * as text is not copied: it must live as long as the options.
 */

/* Kept as they are: options_choose() tells what they may be. */
int option_set_family(struct options *options, const char *value);
int option_set_type(struct options *options, const char *value);
int option_set_protocol(struct options *options, const char *value);
int option_set_variant(struct options *options, const char *value);

/* Any text; any number from 0: what is one is the family's to say. */
int option_set_host(struct options *options, const char *value);
int option_set_port(struct options *options, const char *value);

int option_set_messages(struct options *options, const char *value);
int option_set_size(struct options *options, const char *value);
int option_set_text(struct options *options, const char *value);
int option_set_file(struct options *options, const char *value);
int option_set_timeout(struct options *options, const char *value);
int option_set_format(struct options *options, const char *value);
int option_set_color(struct options *options, const char *value);

/* They take no value; it is NULL. */
int option_set_setup(struct options *options, const char *value);
int option_set_keep_modules(struct options *options, const char *value);
int option_set_chat(struct options *options, const char *value);
int option_set_known(struct options *options, const char *value);
int option_set_list(struct options *options, const char *value);
int option_set_ladder(struct options *options, const char *value);
int option_set_help(struct options *options, const char *value);
int option_set_version(struct options *options, const char *value);

#endif
