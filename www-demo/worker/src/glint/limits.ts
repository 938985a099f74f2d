/** Of a user's name, a set's name and a todo's title, each trimmed. UTF-16 code units. */
export const MAX_NAME = 50;
export const MAX_SET_NAME = 100;
export const MAX_TITLE = 500;

/** An HTTP body, in bytes. What a PATCH holds goes to every listener, so it is small; only a reorder of a whole set needs more. */
export const MAX_BODY_BYTES = 16_384;

export const MAX_TEAMS_OF_USER = 100;
export const MAX_MEMBERS = 50;
export const MAX_SETS = 100;
export const MAX_TODOS_OF_SET = 10_000;

/** Of a team. A change goes to each, so their number is bounded: there is no room for another socket, and a new stream ends the oldest. */
export const MAX_SOCKETS = 200;
export const MAX_STREAMS = 50;

/** What waits for a stream's reader, in bytes; one that is further behind is cut off. */
export const MAX_UNREAD_BYTES = 1_048_576;
