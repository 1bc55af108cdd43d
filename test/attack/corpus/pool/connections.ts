import type { Alteration } from '../../../support/alterations.ts'
import type { PoolProcess } from '../runner/pool-process.ts'
import type { Told } from '../runner/transcript.ts'

/** An attacker and a victim whose requests follow one another on the same connection. */
export interface Neighbours {
  readonly pool: PoolProcess
  /** Holds cancellations back until the victim's statement runs, or it is clear that it waits for them. */
  holdCancellations(): void
}

export interface PoolTechnique {
  readonly name: string
  /** The lines that keep it out, each of which the attempt would meet. */
  readonly mechanism: string
  readonly alterations: readonly Alteration[]
  readonly variants: Readonly<Record<string, (neighbours: Neighbours) => Promise<Told>>>
}

const attacker = 'company_abc'
const victim = 'company_xyz'
const mark = `insert into users (user_id, email, subscription_tier) values ('served', 's@x', 'free')`

/** What the victim is told is the outcome, unless its row is gone although it was told that it is there. */
const victimWrites = ({ pool }: Neighbours): Promise<Told> => pool.ask({ company: victim, text: mark })

const rest: Alteration = {
  file: 'engines/postgres/context/connection.ts',
  from: 'const signalled = await this.#cancellation',
  to: 'this.#cancellation = undefined; return; const signalled = true',
}

/** All that would notice: the kind of the command, which comes first, the state behind it, and what the session tells of itself. */
const distrust: readonly Alteration[] = [
  {
    file: 'engines/postgres/context/connection.ts',
    from: `if (status !== 'I') this.#suspect('it left a transaction open')`,
    to: '',
  },
  // The settings that dbsvc.enter made are still there, and told.
  { file: 'engines/postgres/context/connection.ts', from: `'parameterStatus'`, to: `'parameterStatus, ignored'` },
  { file: 'engines/postgres/context/connection.ts', from: `status === 'I' ? 'idle' : 'transaction'`, to: `'idle'` },
  { file: 'engines/postgres/context/statement-group.ts', from: 'if (!plain) this', to: 'if (false) this' },
  {
    file: 'engines/postgres/context/statement-group.ts',
    from: 'if (!isExpectedTag(',
    to: 'if (false && !isExpectedTag(',
  },
]

const leaving =
  (...texts: readonly string[]) =>
  async (neighbours: Neighbours): Promise<Told> => {
    for (const text of texts) await neighbours.pool.ask({ company: attacker, text })
    const told = await victimWrites(neighbours)
    await neighbours.pool.ask({ company: attacker, text: 'rollback' })
    return told
  }

const cancelling =
  (text: string) =>
  async (neighbours: Neighbours): Promise<Told> => {
    // So that the connection is there.
    await neighbours.pool.ask({ company: attacker, text: 'select 1' })
    neighbours.holdCancellations()
    await neighbours.pool.ask({ company: attacker, text, abortAfterMs: 30 })
    return neighbours.pool.ask({
      company: victim,
      text: `with slow as materialized (select pg_sleep(1)) ${mark.replace(/values \((.*)\)/, 'select $1 from slow')}`,
    })
  }

export const techniques: readonly PoolTechnique[] = [
  {
    name: 'have a cancellation hit the next one',
    mechanism: 'rest after a cancellation',
    alterations: [rest],
    variants: {
      'behind a statement that ended by itself': cancelling('select pg_sleep(0.1)'),
      'behind a statement that failed by itself': cancelling('select 1 / (1 - count(*)) from pg_sleep(0.1)'),
      'behind a write': cancelling(
        `update users set email = email where (select true from pg_sleep(0.1)) and user_id = 'own'`,
      ),
    },
  },
  {
    name: 'leave a transaction open, so that what the next one writes is undone',
    mechanism: 'distrust of connections, for transactions left open',
    alterations: distrust,
    variants: {
      BEGIN: leaving('begin'),
      'START TRANSACTION': leaving('start transaction'),
      'with a mode': leaving('begin read write'),
      'behind a comment': leaving('/* select */ begin'),
      'COMMIT AND CHAIN': leaving('begin', 'commit and chain'),
      'ROLLBACK AND CHAIN': leaving('begin', 'rollback and chain'),
    },
  },
  {
    name: 'leave an aborted transaction, in which nothing of the next one runs',
    mechanism: 'distrust of connections, for transactions left open',
    alterations: distrust,
    variants: {
      'by a division': leaving('begin', 'select 1 / 0'),
      'by a table that is not there': leaving('begin', 'select * from absent'),
      'by bad syntax': leaving('begin', 'selec'),
      'behind a savepoint': leaving('begin', 'savepoint s', 'select 1 / 0'),
    },
  },
]
