import { keyFileName, readKeyFile } from '../../../engines/postgres/context/key-file.ts'
import { type ContextKey, listContextKeys } from '../../../engines/postgres/context/key-ring.ts'
import { findMismatchedKeys } from '../../../engines/postgres/doctor/context-keys.ts'
import { clusterName } from '../../../engines/postgres/migration/render.ts'
import { defineCheck, type Observation } from '../check.ts'

const dayMs = 86_400_000
const rotationMs = dayMs
const mostAgeDays = 365

type Id = 'key-missing' | 'key-not-accepted' | 'key-mismatch' | 'key-newer-elsewhere' | 'key-not-retired' | 'key-old'

export const contextKeys = defineCheck({
  id: 'context-keys',
  engine: 'postgres',
  needs: 'control',
  summary: 'the key that signs contexts is on this machine, is the one the database has, and is not too old',
  findings: {
    'key-missing': {
      severity: 'error',
      means: 'This machine cannot sign contexts: no request of a company can be served from it.',
    },
    'key-not-accepted': {
      severity: 'error',
      means: 'Every context that this machine signs is refused.',
    },
    'key-mismatch': {
      severity: 'error',
      means:
        'The database and this machine have different secrets under one name: every context signed with it here is refused as forged.',
    },
    'key-newer-elsewhere': {
      severity: 'warning',
      means:
        'The key was rotated on another machine; this one still signs with the old key, and will be refused when that is retired.',
    },
    'key-not-retired': {
      severity: 'warning',
      means: 'A key that no longer signs is still accepted: whoever has a copy of it can act as any company.',
    },
    'key-old': {
      severity: 'warning',
      means: 'The longer a key is used, the more backups and machines have a copy of it.',
    },
  },
  async look({ session, project }) {
    const { client } = await session()
    const store = project.secretStore
    const file = await readKeyFile(store, clusterName)
    if (file === null) {
      const message = `${project.secrets} holds no ${keyFileName(clusterName)}`
      const mend = 'copy secrets.directory from the machine that set the cluster up'
      return [{ id: 'key-missing' as const, message, mend }]
    }
    const keys = await listContextKeys(client, store, clusterName)
    const mismatched = await findMismatchedKeys(client, file.keys)
    return [...judgeCurrent(file.current, keys, mismatched), ...judgeOthers(keys)]
  },
})

function judgeCurrent(current: string, keys: readonly ContextKey[], mismatched: readonly string[]): Observation<Id>[] {
  const key = keys.find(({ keyId }) => keyId === current)
  if (key === undefined) {
    const message = `context key ${current}, which this machine signs with, is not in the database`
    return [{ id: 'key-not-accepted', message, mend: 'dbsvc migrate up' }]
  }
  if (key.retiresAt !== null) {
    const message = `context key ${current}, which this machine signs with, is accepted until ${key.retiresAt.toISOString()} only`
    return [{ id: 'key-not-accepted', message, mend: 'copy secrets.directory from the machine that rotated the key' }]
  }
  if (mismatched.includes(current)) {
    return [{ id: 'key-mismatch', message: `context key ${current} has another secret here`, mend: 'dbsvc key rotate' }]
  }
  const days = Math.floor((Date.now() - key.createdAt.getTime()) / dayMs)
  if (days <= mostAgeDays) return []
  return [{ id: 'key-old', message: `context key ${current} is ${days} days old`, mend: 'dbsvc key rotate' }]
}

function judgeOthers(keys: readonly ContextKey[]): Observation<Id>[] {
  const current = keys.find(({ state }) => state === 'current')
  if (current === undefined) return []
  return keys.flatMap((key): Observation<Id>[] => {
    const { keyId, state, createdAt } = key
    if (state !== 'accepted') return []
    if (createdAt > current.createdAt) {
      const message = `context key ${keyId} is newer than ${current.keyId}, which this machine signs with`
      return [
        { id: 'key-newer-elsewhere', message, mend: 'copy secrets.directory from the machine that rotated the key' },
      ]
    }
    // Other machines are given the new key in the meantime.
    if (Date.now() - current.createdAt.getTime() < rotationMs) return []
    const message = `context key ${keyId} is still accepted, though ${current.keyId} has signed since ${current.createdAt.toISOString()}`
    return [{ id: 'key-not-retired', message, mend: `dbsvc key retire ${keyId}` }]
  })
}
