import { Refusal } from '../../../src/embedded/clickhouse/refusal.ts'

export interface User {
  hash: string
  locked: boolean
}

export interface Policy {
  readonly name: string
  readonly database: string
  readonly table: string
  readonly restrictive: boolean
  readonly toAll: boolean
}

export interface Grant {
  readonly grantee: string
  readonly access: string
  readonly database: string
  readonly table: string
}

/** Settings of a profile, each with whether it is CONST. */
export type Profile = Map<string, boolean>

/** The access entities that statements have made. It keeps them and says what they are; it enforces nothing but passwords. */
export class Access {
  readonly users = new Map<string, User>()
  readonly profiles = new Map<string, Profile>()
  readonly quotas = new Map<string, string>()
  readonly roles = new Set<string>()
  policies: Policy[] = []
  grants: Grant[] = []

  /** Takes a statement about access, without ON CLUSTER. @returns false for any other. @throws Refusal */
  apply(sql: string): boolean {
    const entity =
      /^(CREATE|ALTER|DROP) (USER|SETTINGS PROFILE|QUOTA|ROLE) (IF (?:NOT )?EXISTS )?`([^`]+)`\s*(.*)$/s.exec(sql)
    if (entity !== null) {
      const [, verb = '', kind = '', conditional = '', name = '', rest = ''] = entity
      this.#entity(verb, kind, conditional !== '', name, rest)
      return true
    }
    return this.#policy(sql) || this.#grant(sql) || /^KILL QUERY /.test(sql)
  }

  #entity(verb: string, kind: string, conditional: boolean, name: string, rest: string): void {
    const store: { has(name: string): boolean; delete(name: string): boolean } = this.#storeOf(kind)
    const exists = store.has(name)
    if (verb === 'CREATE' && exists) {
      if (!conditional) throw new Refusal(500, 493, 'ACCESS_ENTITY_ALREADY_EXISTS', `${kind} ${name} already exists`)
      return
    }
    if (verb !== 'CREATE' && !exists) {
      if (!conditional)
        throw new Refusal(500, kind === 'USER' ? 192 : 511, 'UNKNOWN_USER', `There is no ${kind} ${name}`)
      return
    }
    if (verb === 'DROP') {
      store.delete(name)
      this.grants = this.grants.filter(({ grantee }) => grantee !== name)
    } else this.#write(kind, name, rest)
  }

  #storeOf(kind: string): Map<string, unknown> | Set<string> {
    if (kind === 'USER') return this.users
    if (kind === 'QUOTA') return this.quotas
    return kind === 'ROLE' ? this.roles : this.profiles
  }

  #write(kind: string, name: string, rest: string): void {
    if (kind === 'QUOTA') this.quotas.set(name, rest)
    else if (kind === 'ROLE') this.roles.add(name)
    else if (kind === 'SETTINGS PROFILE') {
      const settings = rest.replace(/^SETTINGS /, '').split(', ')
      this.profiles.set(name, new Map(settings.map((one) => [one.split(' ')[0] ?? '', one.endsWith(' CONST')])))
    } else {
      const user = this.users.get(name) ?? { hash: '', locked: false }
      const [, hash = user.hash] = /sha256_hash BY '([0-9a-f]{64})'/.exec(rest) ?? []
      const locked = /HOST NONE/.test(rest) || (user.locked && !/HOST ANY/.test(rest))
      this.users.set(name, { hash, locked })
    }
  }

  #policy(sql: string): boolean {
    const [, verb, conditional, name = '', database = '', table = '', rest = ''] =
      /^(CREATE|DROP) ROW POLICY (IF (?:NOT )?EXISTS )?(\w+) ON `([^`]+)`\.`([^`]+)`\s*(.*)$/s.exec(sql) ?? []
    if (verb === undefined) return false
    const isThis = (policy: Policy): boolean =>
      policy.name === name && policy.database === database && policy.table === table
    if (verb === 'DROP') this.policies = this.policies.filter((policy) => !isThis(policy))
    else if (!this.policies.some(isThis)) {
      const toAll = / TO ALL\b/.test(rest)
      this.policies.push({ name, database, table, restrictive: /^AS RESTRICTIVE/.test(rest), toAll })
    } else if (conditional === undefined) {
      throw new Refusal(500, 493, 'ACCESS_ENTITY_ALREADY_EXISTS', `policy ${name} already exists`)
    }
    return true
  }

  #grant(sql: string): boolean {
    const [, verb, what = '', grantee = ''] = /^(GRANT|REVOKE) (.+) (?:TO|FROM) `?(\w+)`?$/.exec(sql) ?? []
    if (verb === undefined) return false
    if (!this.users.has(grantee) && !this.roles.has(grantee)) {
      throw new Refusal(500, 511, 'UNKNOWN_USER', `There is no user or role ${grantee}`)
    }
    const [, accesses = what, database = '*', table = '*'] = /^(.+) ON `?([^`.]+)`?\.`?([^`.]+)`?$/.exec(what) ?? []
    const isMeant = (grant: Grant): boolean => {
      if (grant.grantee !== grantee) return false
      if (accesses !== 'ALL') return accesses.replaceAll('`', '') === grant.access
      return database === '*' || (database === grant.database && table === grant.table)
    }
    // Which roles a user has is in another system table, which dbsvc does not read.
    if (!what.includes(' ON ')) return true
    if (verb === 'REVOKE') this.grants = this.grants.filter((grant) => !isMeant(grant))
    else {
      for (const access of accesses.split(', ')) {
        const grant = { grantee, access: access.replaceAll('`', ''), database, table }
        if (!this.grants.some((one) => JSON.stringify(one) === JSON.stringify(grant))) this.grants.push(grant)
      }
    }
    return true
  }
}
