import {
  type ListedCertificate,
  type ListedKey,
  listServiceCertificates,
  listServiceKeys,
} from '../../app/service/list.ts'
import { withSession } from '../../app/session.ts'
import { engineNames } from '../../core/engine.ts'
import { table } from '../../output/table.ts'
import { defineCommand, examples } from '../command.ts'

export const command = defineCommand<[], object>(
  (list) => {
    examples(list, ['dbsvc service list', 'dbsvc service list --json'])
  },
  async (context) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'service list', async (session) => {
      const keys = await listServiceKeys(session)
      const certificates = await listServiceCertificates(session)
      context.output.result('service.list/1', { place: session.place, keys, certificates }, () =>
        table(
          ['service', 'key', 'ends in', 'companies', 'engines', 'verbs', 'user', 'networks', 'created', 'ends'],
          [
            ...keys.map((key) => rowOf(key, key.keyId, key.lastFour ?? '?', key.networks, key.expiresAt)),
            ...certificates.map((certificate) => rowOf(certificate, certificate.identity, '-', null, null)),
          ],
        ),
      )
      return undefined
    })
  },
)

const words = (names: readonly string[], none: string): string => (names.length === 0 ? none : names.join(' '))

function rowOf(
  listed: ListedKey | ListedCertificate,
  id: string,
  lastFour: string,
  networks: readonly string[] | null,
  expiresAt: Date | null,
): string[] {
  const { service, companies, engines, verbs, userOnly, createdAt, revokedAt } = listed
  return [
    service,
    id,
    lastFour,
    companies === null ? 'all' : words(companies, 'none'),
    engines.length === engineNames.length ? 'all' : words(engines, 'none'),
    verbs.join(' '),
    userOnly ? 'only' : 'any',
    words(networks ?? [], 'any'),
    createdAt.toISOString(),
    revokedAt === null ? (expiresAt?.toISOString() ?? 'never') : `revoked ${revokedAt.toISOString()}`,
  ]
}
