/**
 * The exit status of every command; docs/exit-codes.md explains each.
 * 0–9 are dbsvc's own, 64 and 70 follow sysexits(3), 130 is 128 + SIGINT as shells report it.
 */
export const ExitCode = {
  Ok: 0,
  /** A target failed, or the operation did. */
  Failed: 1,
  /** Nothing went wrong, and something is pending; only with `--check`. */
  Pending: 2,
  /** The configuration, or the environment dbsvc was started in, is at fault. */
  Configuration: 3,
  /** An engine cannot be reached, refuses the credentials or is unsupported. */
  Engine: 4,
  /** Migration files, ledger or the state of a company forbid the operation. */
  Refused: 5,
  /** Another run held the lock for longer than the wait allowed. */
  Locked: 6,
  /** The thing named does not exist. */
  NotFound: 7,
  /** The command line is wrong. */
  Usage: 64,
  /** A bug in dbsvc. */
  Internal: 70,
  Interrupted: 130,
} as const

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]
