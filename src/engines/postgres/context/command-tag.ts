const dataCommands = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE'])

/** Whether a command tag is of a statement that reads or changes rows; any other may have changed the session. */
export const isDataTag = (tag: string): boolean => dataCommands.has(tag.split(' ', 1)[0] ?? '')

/** Whether it is that of the statement that was sent. */
export const isExpectedTag = (tag: string, { explain }: { readonly explain: boolean }): boolean =>
  explain ? tag === 'EXPLAIN' : isDataTag(tag)

/** Why a command disturbs its connection, for people. */
export const tagDisturbance = (tag: string): string => (tag === '' ? 'it is empty' : `it ran ${tag}`)
