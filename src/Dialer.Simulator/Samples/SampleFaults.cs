namespace Dialer.Simulator.Samples;

/// <summary>The ways in which senders' rows are wrong, each with the error code a correct import answers.</summary>
internal static class SampleFaults
{
    private const int FirstName = 2;
    private const int LastName = 3;
    private const int BirthDate = 4;
    private const int Ssn4 = 5;
    private const int Email = 6;
    private const int State = 10;
    private const int Zip = 11;
    private const int Phone1 = 12;
    private const int Balance = 28;
    private const int Bucket30 = 30;
    private const int OldestDueOn = 36;

    /// <summary>Spoils one row.</summary>
    /// <param name="cells">The good row; left as it was.</param>
    /// <param name="line">The wrong line as it stands in the file.</param>
    /// <param name="original">True when the good row must come first, because the fault is to contradict it.</param>
    public static string Spoil(Random random, IReadOnlyList<string> cells, out string line, out bool original)
    {
        var row = cells.ToArray();
        original = false;
        var code = "";
        switch (random.Next(14))
        {
            case 0:
                (code, row[Phone1]) = ("BAD_PHONE", "555-01");
                break;
            case 1:
                (code, row[Phone1]) = ("BAD_PHONE", "(123) 155-0142");
                break;
            case 2:
                (code, row[Phone1]) = ("SPREADSHEET_DAMAGE", "2.12556E+09");
                break;
            case 3:
                (code, row[BirthDate]) = ("BAD_DATE", "1985-02-30");
                break;
            case 4:
                (code, row[OldestDueOn]) = ("BAD_DATE", "03/04/2025");
                break;
            case 5:
                (code, row[Bucket30]) = ("BUCKETS_DO_NOT_RECONCILE", "99999.99");
                break;
            case 6:
                (code, row[LastName]) = ("MISSING_VALUE", "");
                break;
            case 7:
                (code, row[Balance]) = ("NEGATIVE_AMOUNT", "-" + row[Balance]);
                break;
            case 8:
                (code, row[State]) = ("UNKNOWN_STATE", "ZZ");
                break;
            case 9:
                (code, row[Zip]) = ("BAD_ZIP", "2116");
                break;
            case 10:
                (code, row[Ssn4]) = ("BAD_SSN4", "12");
                break;
            case 11:
                (code, row[Email]) = ("BAD_EMAIL", "not an address");
                break;
            case 12:
                original = true;
                code = "DUPLICATE_ACCOUNT";
                row[FirstName] = row[FirstName] == "Alex" ? "Sam" : "Alex";
                break;
            default:
                line = SamplePlacement.Line(row[..LastName]) + ",\"" + string.Join(",", row[LastName..].Select(cell => cell.Replace("\"", "", StringComparison.Ordinal)));
                return "BROKEN_QUOTES";
        }

        line = SamplePlacement.Line(row);
        return code;
    }
}
