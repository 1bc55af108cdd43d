import { companyProof, wideOwner } from '../runner/mechanism.ts'
import type { Technique } from '../runner/technique.ts'

const common = {
  entry: 'shared role',
  secret: 'rows of the victim',
  success: 'canary',
  refusal: /^ok$/,
  honest: 'select * from notes',
} as const
const forms = (call: string) => ({
  'as it is': `select * from ${call}`,
  'a whole row': `select ${call}`,
  joined: `select x.* from notes n, ${call} x`,
  lateral: `select x.* from generate_series(1, 2) g, lateral (select * from ${call} where note_id >= g) x`,
})

/** Functions of the scene, as a migration of the owner might leave them. */
export const techniques: readonly Technique[] = [
  {
    ...common,
    name: 'read through a function that sets another company',
    mechanism: companyProof,
    variants: forms('public.elsewhere()'),
  },
  {
    ...common,
    name: "read through an owner's function",
    mechanism: wideOwner,
    variants: forms('public.of_owner()'),
  },
]
