-- A desk with a screen says when it has drawn a call; the voice waits for that, within a bound. A desk without one (a virtual agent's) says nothing and is not waited for.
alter table agent_session add column draws boolean not null default false;
