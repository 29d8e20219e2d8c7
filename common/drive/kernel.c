/* SHAPE_KERNEL: the kernel is the server, and returns what it is sent. */
#include "drive/shapes.h"

int
kernel_client(struct conversation *conversation)
{
	int error = conversation_open_client(conversation);

	if (error == 0)
		error = conversation_ask_each(conversation, SIDE_CLIENT);
	return conversation_close(conversation, error);
}
