import { patternOf } from '../names.ts'

/** What of ACL SETUSER differs from server to server. */
export interface AclDialect {
  /** Those of a company's commands that the server has. */
  readonly commands: readonly string[]
  /** Whether users have selectors, second sets of rights beside the first one. */
  readonly selectors: boolean
}

/**
 * The rules that give a company's user exactly what it needs, whatever it had before. Its keys and channels are taken and given in
 * one command, so that open connections and subscriptions go on. `reset` says less, and DragonflyDB does not have it.
 * @param state undefined leaves it on or off, as it is
 */
export function renderRights(
  company: string,
  password: string,
  { commands, selectors }: AclDialect,
  state?: 'on',
): string[] {
  const pattern = patternOf(company)
  return [
    ...(state === undefined ? [] : [state]),
    ...(selectors ? ['clearselectors'] : []),
    'resetpass',
    `>${password}`,
    'resetkeys',
    `~${pattern}`,
    'resetchannels',
    `&${pattern}`,
    '-@all',
    ...commands.map((command) => `+${command}`),
  ]
}

/**
 * The rules of a user who may do nothing, not even on a connection that stays open. `resetchannels` comes last: it is what makes
 * DragonflyDB close the user's connections.
 */
export function renderNoRights({ selectors }: AclDialect): string[] {
  return ['off', ...(selectors ? ['clearselectors'] : []), '-@all', 'resetkeys', 'resetchannels']
}
