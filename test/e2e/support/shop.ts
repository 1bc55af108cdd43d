import { type FingerprintOptions, fingerprintSchemas } from '../../support/schema-fingerprint.ts'
import { type Given, migration } from './given.ts'

/** A tenant schema with something of every kind that a structure is made of. */
export const shop = {
  'postgres/tenant/0001_shop.sql': migration(
    `create type mood as enum ('good', 'bad');
     create domain price as numeric(12, 2) check (value >= 0);
     create sequence receipt_numbers start 100;
     create function touch() returns trigger language plpgsql as $$ begin new.changed_at := now(); return new; end $$;
     create table customers (
       id bigint generated always as identity primary key,
       user_id varchar(50),
       email text not null unique,
       mood mood not null default 'good'
     );
     create table orders (
       id bigint primary key,
       customer_id bigint not null references customers (id),
       amount price not null,
       note text default 'none',
       receipt bigint not null default nextval('receipt_numbers'),
       doubled numeric generated always as (amount * 2) stored,
       changed_at timestamptz not null default now(),
       constraint note_is_short check (length(note) < 100)
     );
     create index orders_customer on orders (customer_id);
     create unique index orders_receipt on orders (receipt) where receipt > 100;
     create trigger touch before update on orders for each row execute function touch();
     create view big_orders as select id, amount from orders where amount > 1000;
     create policy no_tiny on orders as restrictive for delete to database_service_role using (amount > 1);
     comment on table orders is 'what customers''ve bought';`,
    'drop view big_orders; drop table orders, customers; drop function touch; drop sequence receipt_numbers; drop domain price; drop type mood;',
  ),
} as const

/** Everything in a company's schema, without its name and without the order of columns. */
export async function structureOf({ database }: Given, company: string): Promise<string> {
  const schema = `tenant_${company}`
  const client = await database.connect()
  const { [schema]: text = '' } = await fingerprintSchemas(client, [schema], { protections: true })
  await client.end()
  return text
    .replaceAll(schema, 'tenant')
    .replaceAll(`'${company}'::text`, 'company')
    .replaceAll(/^(column \w+)\.\d+/gm, '$1')
    .split('\n')
    .sort()
    .join('\n')
}

/** What schemas of any scope hold, but for the partitions that only the clock has made. */
export async function timelessStructures(
  { database }: Given,
  schemas: readonly string[],
  options: FingerprintOptions = {},
): Promise<Record<string, string>> {
  const client = await database.connect()
  const found = await fingerprintSchemas(client, schemas, options)
  await client.end()
  const timeless = (text: string): string =>
    text
      .split('\n')
      .filter((line) => !/_p\d{8}t\d{6}/.test(line))
      .join('\n')
  return Object.fromEntries(Object.entries(found).map(([schema, text]) => [schema, timeless(text)]))
}
