/** Where one company stands, and what its structure comes to. */
export interface FingerprintedTarget {
  readonly company: string
  readonly version: string
  /** Digest of its ledger. */
  readonly history: string
  /** With a LOGIN role of its own, which holds grants that others do not have. */
  readonly login: boolean
  readonly fingerprint: string
}

/** Companies that have the same structure. */
export interface Alike {
  readonly fingerprint: string
  readonly companies: readonly string[]
}

/** Companies that ought to have the same structure: one ledger, and all with or all without a LOGIN role. */
export interface VersionGroup {
  readonly version: string
  readonly history: string
  readonly login: boolean
  readonly targets: number
  /** The most frequent first; among equals, the one with the first company. */
  readonly alike: readonly Alike[]
}

/** Groups in the order of their versions, then the larger one first. */
export function groupByVersion(targets: readonly FingerprintedTarget[]): VersionGroup[] {
  const groups = Map.groupBy(targets, ({ history, login }) => `${history} ${login}`)
  return [...groups.values()]
    .map((members): VersionGroup => {
      const { version = '', history = '', login = false } = members[0] ?? {}
      const alike = [...Map.groupBy(members, (member) => member.fingerprint)].map(([fingerprint, same]) => ({
        fingerprint,
        companies: same.map((member) => member.company).sort(),
      }))
      return { version, history, login, targets: members.length, alike: alike.sort(moreFirst) }
    })
    .sort((a, b) => compareVersions(a.version, b.version) || b.targets - a.targets)
}

/**
 * The structure that more than half of a group has; undefined where none has, or where one company is all there is, since a
 * single one cannot tell whether it is the one that drifted.
 */
export function majorityOf(group: VersionGroup): Alike | undefined {
  const first = group.alike[0]
  return first !== undefined && group.targets > 1 && first.companies.length * 2 > group.targets ? first : undefined
}

function moreFirst(a: Alike, b: Alike): number {
  return b.companies.length - a.companies.length || ((a.companies[0] ?? '') < (b.companies[0] ?? '') ? -1 : 1)
}

function compareVersions(a: string, b: string): number {
  const left = BigInt(a === '' ? 0 : a)
  const right = BigInt(b === '' ? 0 : b)
  return left < right ? -1 : left > right ? 1 : 0
}
