/**
 * Options of a child that sees nothing of this process's environment:
 * PGDATA, PGPORT and their like change what initdb and postgres do, and LC_ALL the language of the log.
 */
export const cleanEnvironment = { extendEnv: false, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } } as const
