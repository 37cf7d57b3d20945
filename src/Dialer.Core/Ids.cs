namespace Dialer.Core;

/// <summary>One human being we may speak to about a debt. Caps and holds that protect people count by this.</summary>
public readonly record struct PersonId(long Value);

/// <summary>One debt placed with us, under one account number of one client.</summary>
public readonly record struct AccountId(long Value);

/// <summary>One telephone number of one person.</summary>
public readonly record struct PhoneId(long Value);

public readonly record struct CampaignId(long Value);

/// <summary>One attempt to call one number once. At most one <c>POST Calls</c> is ever made for it.</summary>
public readonly record struct AttemptId(long Value);

public readonly record struct AgentId(long Value);
