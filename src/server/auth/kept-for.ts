/**
 * How long what PostgreSQL says of credentials is kept: a revoked one is refused within 10 s, which is `waitAfterMs` and the 3 s that
 * createLastKnown waits for PostgreSQL. Milliseconds.
 */
export const keptFor = { freshMs: 4_000, waitAfterMs: 7_000 } as const
