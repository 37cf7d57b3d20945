using System.Collections.Frozen;

namespace Dialer.Core.Payments;

/// <summary>What a return code says about the debit and about those that would follow it.</summary>
public enum AchReturnKind
{
    /// <summary>There was no money: the debit may be presented again.</summary>
    Funds,

    /// <summary>The bank account cannot be debited; a new debit needs another account.</summary>
    Account,

    /// <summary>The holder says that they never agreed, or no longer do.</summary>
    Unauthorized,

    /// <summary>The holder stopped this debit at their bank.</summary>
    Stopped,

    /// <summary>The holder, or the one who received benefits on it, has died.</summary>
    Deceased,

    /// <summary>Anything else, and every code that is not known.</summary>
    Other,
}

/// <summary>A debit that the customer's bank sent back, by its reason code (Nacha Operating Rules, Appendix Four: "R01").</summary>
public sealed record AchReturn(string Code, AchReturnKind Kind, string Meaning)
{
    /// <summary>A returned debit may be presented again until so many days after its first settlement.</summary>
    public const int RetryDays = 180;

    /// <summary>Stands for a return whose code nobody said.</summary>
    public const string NotSaid = "R00";

    private static readonly FrozenDictionary<string, AchReturn> Known = new AchReturn[]
    {
        new("R01", AchReturnKind.Funds, "insufficient funds"),
        new("R02", AchReturnKind.Account, "account closed"),
        new("R03", AchReturnKind.Account, "no account, or it cannot be found"),
        new("R04", AchReturnKind.Account, "account number invalid"),
        new("R05", AchReturnKind.Unauthorized, "debit of a consumer's account by an entry for companies"),
        new("R06", AchReturnKind.Other, "returned because our own bank asked"),
        new("R07", AchReturnKind.Unauthorized, "authorization revoked"),
        new("R08", AchReturnKind.Stopped, "payment stopped"),
        new("R09", AchReturnKind.Funds, "funds not collected yet"),
        new("R10", AchReturnKind.Unauthorized, "not authorized by the holder"),
        new("R11", AchReturnKind.Other, "not in accordance with the authorization"),
        new("R12", AchReturnKind.Account, "account sold to another bank"),
        new("R13", AchReturnKind.Account, "routing number invalid"),
        new("R14", AchReturnKind.Deceased, "representative payee deceased or no longer able"),
        new("R15", AchReturnKind.Deceased, "beneficiary or account holder deceased"),
        new("R16", AchReturnKind.Account, "account frozen"),
        new("R17", AchReturnKind.Other, "entry failed the bank's checks"),
        new("R20", AchReturnKind.Account, "no transactions on this account"),
        new("R24", AchReturnKind.Other, "duplicate entry"),
        new("R29", AchReturnKind.Unauthorized, "not authorized by the company"),
    }.ToFrozenDictionary(known => known.Code);

    /// <summary>The code's entry; one that is not known may not be presented again and ends nothing.</summary>
    public static AchReturn Of(string code) => Known.TryGetValue(code, out var known) ? known : new AchReturn(code, AchReturnKind.Other, "a code that is not known here");

    /// <summary>The codes after which nothing more may be debited without a new authorization.</summary>
    public static string[] Ending { get; } = [.. Known.Values.Where(known => known.EndsAuthorization).Select(known => known.Code).Order(StringComparer.Ordinal)];

    public static bool IsCode(string code) => code.Length == 3 && code[0] == 'R' && char.IsAsciiDigit(code[1]) && char.IsAsciiDigit(code[2]);

    /// <summary>The same debit may be presented again; how often is the policy's row.</summary>
    public bool MayRetry => Kind == AchReturnKind.Funds;

    /// <summary>The authorization behind it is gone: nothing more is debited until there is a new one in writing.</summary>
    public bool EndsAuthorization => Kind is AchReturnKind.Unauthorized or AchReturnKind.Stopped;

    /// <summary>A plan's debits would come back too.</summary>
    public bool StopsPlan => EndsAuthorization || Kind is AchReturnKind.Account or AchReturnKind.Deceased;
}
