import { createHash } from 'node:crypto'
import type { StoreObservation } from '../../store.ts'
import { type AclDialect, renderRights } from '../acl/rights.ts'
import { type AclUser, grantsOf, parseUser, readUser } from '../acl/user.ts'
import { companyOf, patternOf, userOf } from '../names.ts'
import { runAll } from '../pipeline.ts'
import { saveUsers } from '../save-users.ts'
import type { Session } from '../session.ts'

// As many users as one pipeline asks for.
const atOnce = 500

/** Compares every company's user with what it should be. */
export async function observeUsers(session: Session): Promise<StoreObservation[]> {
  const names = (await session.client.call('ACL', 'USERS')) as readonly string[]
  const companies = names.flatMap((name) => companyOf(name) ?? [])
  const found: StoreObservation[] = []
  for (let from = 0; from < companies.length; from += atOnce) {
    const part = companies.slice(from, from + atOnce)
    const replies = await runAll(
      session.client,
      part.map((company) => ['ACL', 'GETUSER', userOf(company)]),
    )
    for (const [at, company] of part.entries()) {
      const user = parseUser(replies[at])
      // One that is off may do nothing, whatever its rights; another dbsvc may have dropped it meanwhile.
      if (user?.isOn !== true) continue
      const password = await session.passwordOf(company)
      const faults = faultsOf(user, company, password, await session.dialect())
      if (faults.length > 0) found.push(observation(session, company, faults))
    }
  }
  return found
}

/** What a company's user has too much or too little of, in words. */
export function faultsOf(user: AclUser, company: string, password: string, { commands }: AclDialect): string[] {
  const pattern = patternOf(company)
  const [granted, wanted] = [grantsOf(user), new Set(commands.map((command) => `+${command}`))]
  const hash = createHash('sha256').update(password).digest('hex')
  const [only, ...others] = user.passwords
  return [
    ...(user.needsPassword ? [] : ['needs no password']),
    ...(user.needsPassword && (only === undefined || only.length < 15 || !hash.startsWith(only))
      ? ['has another password than dbsvc gave it']
      : []),
    ...(others.length > 0 ? [`has ${others.length + 1} passwords`] : []),
    ...excess('keys', user.keys, `~${pattern}`),
    ...excess('channels', user.channels, `&${pattern}`),
    ...(user.selectors !== null && user.selectors > 0 ? ['has selectors'] : []),
    ...named('may besides', extra(granted, wanted, '+')),
    ...named('lacks', extra(wanted, granted, '+')),
    ...named('lacks what is taken by', extra(granted, wanted, '-')),
  ]
}

function excess(what: string, found: readonly string[], wanted: string): string[] {
  const others = found.filter((pattern) => pattern !== wanted)
  return [
    ...(others.length > 0 ? [`reaches ${what} ${others.join(' ')}`] : []),
    ...(found.includes(wanted) ? [] : [`does not reach its own ${what}`]),
  ]
}

/** What the first has and the second has not, of what begins so. */
const extra = (these: ReadonlySet<string>, those: ReadonlySet<string>, sign: '+' | '-'): string[] =>
  [...these].filter((grant) => grant.startsWith(sign) && !those.has(grant))

const named = (how: string, grants: readonly string[]): string[] =>
  grants.length === 0 ? [] : [`${how} ${grants.join(' ')}`]

function observation(session: Session, company: string, faults: readonly string[]): StoreObservation {
  const isTooMuch = faults.some((fault) => !/^(lacks|does not reach)/.test(fault))
  return {
    id: 'dragonfly-user-rights',
    severity: isTooMuch ? 'error' : 'warning',
    message: `user ${userOf(company)} of ${session.place} ${faults.join(', ')}`,
    means: isTooMuch
      ? 'it may reach other companies, or be reached by those who should not'
      : 'what the company sends may be refused',
    mend: 'dbsvc doctor --fix',
    async fix() {
      // One that was removed meanwhile must not come back, and one that was suspended waits for `resume`.
      if ((await readUser(session.client, userOf(company)))?.isOn !== true) return
      const rules = renderRights(company, await session.passwordOf(company), await session.dialect())
      await session.client.call('ACL', 'SETUSER', userOf(company), ...rules)
      await saveUsers(session.client)
    },
  }
}
