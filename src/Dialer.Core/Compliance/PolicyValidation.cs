using System.Collections.Immutable;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Core.Compliance;

/// <summary>What a row must have before it may decide anything.</summary>
public static class PolicyValidation
{
    /// <summary>Every fault of every row, each naming pack and row; empty when all may be used.</summary>
    public static IReadOnlyList<string> Errors(IReadOnlyCollection<PolicyPack> packs)
    {
        var errors = new List<string>();
        foreach (var twice in packs.SelectMany(pack => pack.Rows).GroupBy(row => row.Id).Where(group => group.Count() > 1))
            errors.Add($"{twice.Key}: two rows have this id.");
        foreach (var twice in packs.GroupBy(pack => pack.Pack).Where(group => group.Count() > 1))
            errors.Add($"{twice.Key}: two packs have this name.");
        foreach (var pack in packs)
        {
            foreach (var row in pack.Rows)
                errors.AddRange(Errors(row).Select(error => $"{pack.Pack}/{row.Id}: {error}"));
        }

        return errors;
    }

    public static IEnumerable<string> Errors(PolicyRow row)
    {
        if (string.IsNullOrWhiteSpace(row.Id) || string.IsNullOrWhiteSpace(row.Jur) || string.IsNullOrWhiteSpace(row.Code))
            yield return "id, jur and code must not be empty.";
        if (string.IsNullOrWhiteSpace(row.Cite))
            yield return "has no citation.";
        if (row.Conf is not ("H" or "M" or "L"))
            yield return "has no confidence (H, M or L).";
        if (row is { Conf: "L", EnforceAs: Basis.Law, CounselSignedBy: null or "" })
            yield return "is of low confidence and enforced as law without counsel's signature.";
        if (!Enum.IsDefined(row.Kind))
            yield return "has an unknown kind.";
        foreach (var date in new[] { row.From, row.To })
        {
            if (date is not null && !LocalDatePattern.Iso.Parse(date).Success)
                yield return $"'{date}' is not a date (yyyy-MM-dd).";
        }

        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(row.Zone) is null)
            yield return $"'{row.Zone}' is not a time zone.";
        if (MissingParameter(row) is { } missing)
            yield return missing;
    }

    /// <summary>
    /// What keeps a change to a row from being made: a row enforced as law is changed, switched off or made mere policy only under counsel's signature, given for this
    /// change (<see cref="PolicyRow.CounselSignedBy"/>). Whoever wants to be stricter than the law adds a row of policy; that, and going back to the shipped row, needs none.
    /// </summary>
    /// <param name="shipped">The row as this build ships it; null: it ships none of this id.</param>
    /// <param name="current">The row as it is in force; null: there is none.</param>
    public static IEnumerable<string> ErrorsOfChange(PolicyRow? shipped, PolicyRow? current, PolicyRow proposed)
    {
        if (shipped is not { EnforceAs: Basis.Law } && current is not { EnforceAs: Basis.Law })
            yield break;
        var same = Substance(proposed);
        if (same == Substance(shipped) || same == Substance(current))
            yield break;
        if (string.IsNullOrWhiteSpace(proposed.CounselSignedBy))
            yield return $"{proposed.Id} is enforced as law: it is changed or switched off only with counsel's signature (counselSignedBy: who, and when). To be stricter, add a row of policy.";
        else if (proposed.CounselSignedBy == current?.CounselSignedBy)
            yield return $"{proposed.Id} is enforced as law: counsel's signature was given for an earlier change of it; this one needs its own.";
    }

    /// <summary>Everything that decides: the note and the signature do not.</summary>
    private static string? Substance(PolicyRow? row) => row is null ? null : PolicySet.Write(row with { Note = null, CounselSignedBy = null });

    private static string? MissingParameter(PolicyRow row) => row.Kind switch
    {
        RuleKind.Cap when row.Max is null or < 0 => "a Cap needs max, at least 0.",
        RuleKind.Cap when (row.WindowHours is > 0) == (row.WindowDays is > 0) => "a Cap needs windowHours or windowDays, one of them.",
        RuleKind.Cap when row.WindowHours > 24 * 31 || row.WindowDays > 31 => "a Cap cannot look back more than 31 days.",
        RuleKind.Cooldown when row.Days is not (> 0 and <= 30) => "a Cooldown needs days, 1 to 30.",
        RuleKind.Hours when row.Schedule.IsEmpty => "Hours need a schedule.",
        RuleKind.Hours when row.Schedule.Any(hours => !IsTime(hours.Open) || !IsTime(hours.Close)) => "a schedule's open and close are HH:mm or HH:mm:ss.",
        RuleKind.Hours when row.Holidays is { } name && HolidayCalendar.Named(name) is null => $"'{row.Holidays}' is not a holiday calendar.",
        RuleKind.Hold when row.Holds.IsEmpty => "a Hold row needs holds.",
        RuleKind.DataRequired when row.Field is not ("Role" or "Debt" or "TimeZone" or "Account" or "Relation") => "DataRequired needs field: Role, Debt, TimeZone, Account or Relation.",
        RuleKind.ConsentRequired when row.Field is not (null or "Channel") => "ConsentRequired takes no field but Channel.",
        RuleKind.Destination when row.Countries.IsEmpty => "a Destination row needs countries.",
        RuleKind.OutsideList when row.List is null => "an OutsideList row needs list.",
        RuleKind.SmsFreshness when row.MaxAgeDays is null => "SmsFreshness needs maxAgeDays.",
        RuleKind.Condition when row.When is not ("Always" or "Initial" or "Subsequent" or "TimeBarred" or "ValidationPeriod") => "a Condition needs when: Always, Initial, Subsequent, TimeBarred or ValidationPeriod.",
        RuleKind.Payment when !Enum.TryParse<PaymentCheck>(row.Field, out _) => "a Payment row needs field, one of the payment checks.",
        RuleKind.Payment when row.Field is nameof(PaymentCheck.Tries) or nameof(PaymentCheck.AchRetries) or nameof(PaymentCheck.PostDatedNotice) or nameof(PaymentCheck.Duplicate) && row.Max is not > 0 =>
            "this payment check needs max, above 0.",
        RuleKind.Abandon when row.MaxRate is not (>= 0 and <= 1) => "an Abandon row needs maxRate, 0 to 1.",
        _ => null,
    };

    private static bool IsTime(string text) =>
        text == "24:00" || LocalTimePattern.ExtendedIso.Parse(text.Length == 5 ? text + ":00" : text).Success;
}
