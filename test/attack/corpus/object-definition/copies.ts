import { rowSecurity } from '../runner/mechanism.ts'
import { each, type Technique } from '../runner/technique.ts'

const common = { entry: 'shared role', mechanism: rowSecurity, honest: 'select * from notes' } as const

export const techniques: readonly Technique[] = [
  {
    ...common,
    name: 'copy a table out',
    secret: 'rows of the victim',
    refusal: /^ok$/,
    success: 'canary',
    variants: each(
      [
        'copy public.notes to stdout',
        'copy public.notes (text) to stdout',
        'copy public.notes to stdout (format csv, header)',
        'copy public.notes to stdout (format binary)',
        'copy (select * from public.notes) to stdout',
        'copy (table public.measures) to stdout',
        'copy (update public.notes set text = text returning *) to stdout',
        'copy public.measures_2026 to stdout',
        'copy tenant_company_xyz.users to stdout',
      ],
      (statement) => statement,
    ),
  },
  {
    ...common,
    name: 'copy rows in',
    secret: 'rows that the victim takes for its own',
    refusal: /^0A000 COPY FROM not supported with row-level security/,
    // The server asks for rows, of which the driver has none.
    success: /^\["57014"/,
    variants: each(
      [
        'copy public.notes from stdin',
        'copy public.notes (company_id, note_id, text) from stdin (format csv)',
        'copy public.measures_2026 from stdin',
        'copy tenant_company_xyz.users from stdin',
      ],
      (statement) => statement,
    ),
  },
]
