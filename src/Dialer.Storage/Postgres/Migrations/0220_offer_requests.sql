-- An agent asks for an offer beyond his authority; somebody with more answers, with words. Owned by Agents.
create table offer_request (
    offer_request_id     bigint generated always as identity primary key,
    account_id           bigint not null references account,
    attempt_id           bigint not null references attempt,        -- the call in which it is asked
    asked_by             bigint not null references agent,
    asked_at             timestamptz not null,
    until_at             timestamptz not null,                      -- from then on an open request counts as expired, whoever reads it
    amount               numeric(14, 2) not null check (amount > 0),
    last_day             date not null,
    balance              numeric(14, 2) not null,                   -- when it was asked
    reason               text not null check (reason <> ''),
    state                text not null default 'Open' check (state in ('Open', 'Approved', 'Refused', 'Withdrawn')),
    answered_by          bigint references app_user (user_id),
    answered_at          timestamptz,
    words                text not null default '',                  -- of whoever answered
    granted              numeric(14, 2),                            -- the amount that was approved, which may be a counter-offer
    settlement_offer_id  bigint references settlement_offer,
    check ((state in ('Approved', 'Refused')) = (answered_by is not null)),
    check ((state = 'Approved') = (granted is not null))
);
create unique index offer_request_one on offer_request (account_id) where state = 'Open';
create index offer_request_attempt on offer_request (attempt_id, offer_request_id desc);
create index offer_request_asked on offer_request (asked_at desc);
create index offer_request_offer on offer_request (settlement_offer_id) where settlement_offer_id is not null;
create index settlement_offer_account on settlement_offer (account_id, made_at desc);   -- an account's timeline
