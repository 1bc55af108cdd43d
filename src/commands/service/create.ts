import { Option } from 'commander'
import { createService, createServiceOfCertificates } from '../../app/service/create.ts'
import { withSession } from '../../app/session.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { isCertificateIdentity } from '../../core/service/certificate-identity.ts'
import { describeGrants } from '../../core/service/grants.ts'
import { defineCommand, examples } from '../command.ts'
import { futureEnd, serviceName } from '../parse.ts'
import { addGrantOptions, type GrantOptions, grantsOf } from './grant-options.ts'

interface Options extends GrantOptions {
  readonly network?: readonly string[]
  readonly expires?: Date
  readonly certificate?: readonly string[]
}

export const command = defineCommand<[string], Options>(
  (create) => {
    create.argument('<service>', 'such as trading-engine', serviceName)
    addGrantOptions(create)
    create
      .option('--network <cidr...>', 'only from these networks (default: from everywhere)')
      .option('--expires <when>', 'a duration such as 90d, or a date (default: never)', futureEnd)
    create.addOption(
      new Option(
        '--certificate <identity...>',
        'no key: known by client certificates with this SPIFFE id, or dns: and this name',
      ).conflicts(['network', 'expires']),
    )
    examples(create, [
      'dbsvc service create trading-engine --company all --engine all --verb read write',
      'dbsvc service create reports --company company_abc --engine postgres clickhouse --verb read --expires 90d',
      'dbsvc service create portal --company company_abc --engine postgres --verb read --user-only --network 10.0.0.0/8',
      'dbsvc service create billing --company all --engine postgres --verb read --certificate spiffe://example.org/billing',
    ])
  },
  async (context, [service], { network, expires, certificate: identities, ...options }) => {
    const grants = grantsOf(options)
    const terms = { networks: network ?? null, expiresAt: expires ?? null }
    const wrong = identities?.find((identity) => !isCertificateIdentity(identity))
    if (wrong !== undefined) throw DbsvcError.of('DBS-2115', { reason: `${wrong} is none` })
    const loaded = await context.loadConfig()
    return withSession(loaded, 'service create', async (session) => {
      if (identities !== undefined) {
        await createServiceOfCertificates(session, { service, grants, identities })
        const made = { service, keyId: null, key: null, certificates: identities, ...grants, ...terms }
        context.output.result('service.create/1', made, () => [
          `service ${service} is known by ${identities.join(', ')}`,
        ])
        context.output.note(`${service} ${describeGrants(grants)}`)
        return undefined
      }
      const { key, keyId } = await createService(session, { service, grants, terms })
      context.output.result('service.create/1', { service, keyId, key, certificates: [], ...grants, ...terms }, () => [
        `service ${service} has key ${keyId}; it is shown this once:`,
        key,
      ])
      context.output.note(`${service} ${describeGrants(grants)}`)
      return undefined
    })
  },
)
