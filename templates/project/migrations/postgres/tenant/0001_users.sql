-- Tenant migrations run once per company, in the company's own schema. Names are unqualified: dbsvc chooses the schema.
-- Afterwards dbsvc itself adds row security, grants and policies to every table: write none here.

-- Up Migration

create table users (
  user_id varchar(50) primary key,
  email varchar(255) not null,
  subscription_tier varchar(20) not null default 'free' check (subscription_tier in ('free', 'pro', 'enterprise')),
  credit numeric(20, 4) not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create unique index users_email on users (lower(email));

-- Down Migration

drop table users;
