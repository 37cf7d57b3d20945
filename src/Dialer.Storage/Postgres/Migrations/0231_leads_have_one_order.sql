-- Leads of one rank are told apart by their account, so that the dialler's place in the list is one lead and not the
-- first of ten thousand equals, whose dead entries it would step over at each look while another transaction is open.
create index ready_lead_order on ready_lead (campaign_id, not_before, rank, account_id);
drop index ready_lead_next;
