import { checkIn, companyProof } from '../runner/mechanism.ts'
import { each, type Technique } from '../runner/technique.ts'

const common = { entry: 'shared role', refusal: /^42501 /, honest: 'select * from public.notes' } as const
const become = `set app.current_company_id = 'company_xyz'`
const becomeHere = `set local app.current_company_id = 'company_xyz'`
const read = 'select * from public.notes'

/** What was entered holds for one transaction, which the session can end by itself. */
export const techniques: readonly Technique[] = [
  {
    ...common,
    name: 'end the transaction and say by the setting to be another company',
    secret: 'rows of the victim',
    mechanism: companyProof,
    success: 'canary',
    variants: {
      'COMMIT; SET': ['commit', become, read],
      'END; SET': ['end', become, read],
      'ROLLBACK; SET': ['rollback', become, read],
      'ABORT; SET': ['abort', become, read],
      'COMMIT AND CHAIN': ['commit and chain', becomeHere, read],
      'ROLLBACK AND CHAIN': ['rollback and chain', becomeHere, read],
      'a transaction for reading': ['commit', 'start transaction read only', becomeHere, read],
      'in one message': `commit; ${become}; ${read}`,
      'in one message, with a transaction': `rollback; begin; ${becomeHere}; ${read}`,
      'behind a savepoint': ['savepoint s', 'rollback to s', 'release s', 'rollback', become, read],
      'RESET ALL': ['commit', 'reset all', become, read],
      'DISCARD ALL': ['commit', 'discard all', become, read],
      'RESET SESSION AUTHORIZATION': ['reset session authorization', 'commit', become, read],
      'a cursor that outlives it': ['commit', become, `declare c cursor with hold for ${read}`, 'fetch all from c'],
    },
  },
  {
    ...common,
    name: 'keep a context past its transaction',
    secret: 'rows of a company after the request that was allowed to see them',
    mechanism: checkIn('contexts of one transaction', 'dbsvc.enter(text)', /, true\)/g, ', false)'),
    success: /own_note/,
    variants: each(['commit', 'end', 'commit and chain', 'commit; begin'], (end) => [end, read]),
  },
]
