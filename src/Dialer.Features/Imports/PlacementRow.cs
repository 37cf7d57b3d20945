using Dialer.Core.Numbers;
using NodaTime;

namespace Dialer.Features.Imports;

internal readonly record struct PlacementPhone(string E164, string LineType, string Place);

/// <summary>One row as it will be stored: trimmed, normalised, every value valid on its own. Money is in cents. Reused for the next row.</summary>
internal sealed class PlacementRow
{
    public const int Buckets = 6;

    public string AccountNo { get; set; } = "";

    public string PersonNo { get; set; } = "";

    public string FirstName { get; set; } = "";

    public string LastName { get; set; } = "";

    public LocalDate? BirthDate { get; set; }

    public string? Ssn4 { get; set; }

    public string? Email { get; set; }

    public string? Language { get; set; }

    public string? Address { get; set; }

    public string? City { get; set; }

    public string? State { get; set; }

    public string? Zip { get; set; }

    public string Creditor { get; set; } = "";

    public string Product { get; set; } = "";

    public string Currency { get; set; } = "";

    public long Balance { get; set; }

    /// <summary>Not yet due; 1-30, 31-60, 61-90, 91-120 and more days past due. They sum to <see cref="Balance"/>.</summary>
    public long[] Bucket { get; } = new long[Buckets];

    public long MinimumPayment { get; set; }

    /// <summary>Which of the values above the row gives itself; in an update the others stay as they are stored.</summary>
    public bool HasBalance { get; set; }

    public bool HasBuckets { get; set; }

    public bool HasMinimumPayment { get; set; }

    public bool HasPlacedOn { get; set; }

    public LocalDate? OldestDueOn { get; set; }

    public LocalDate PlacedOn { get; set; }

    /// <summary>Prior express consent to calls with an artificial or prerecorded voice, as the creditor states it; null when the file does not say.</summary>
    public bool? Consent { get; set; }

    public List<PlacementPhone> Phones { get; } = new(PlacementColumns.MaxPhones);

    public void AddPhone(PhoneNumber number, LineType type, string place)
    {
        foreach (var phone in Phones)
        {
            if (phone.E164 == number.E164)
                return;
        }

        Phones.Add(new PlacementPhone(number.E164, type.ToString(), place));
    }
}
