using Dialer.Core.Compliance;
using NodaTime;

namespace Dialer.Core.Tests.Compliance;

public class DebtItemizationTests
{
    private static readonly DebtItemization Table = new(new LocalDate(2026, 3, 31), ItemizationDay.LastStatement, "First Bank", 100m, 12.50m, 7.25m, 15m, 4.75m);

    [Fact]
    public void Table_ThatComesToTheBalance_MayBeWritten()
    {
        Table.Now.ShouldBe(100m);
        Table.Fault(100m).ShouldBeNull();
    }

    [Theory]
    [InlineData(99.99)]
    [InlineData(100.01)]
    public void Table_ThatDoesNot_IsRefused(double balance) => Table.Fault((decimal)balance).ShouldBe("ITEMIZATION_DOES_NOT_ADD_UP");
}
