using Dapper;

namespace Dialer.Features.Tests;

public sealed class TestDatabaseTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_test_gets_an_own_migrated_database()
    {
        await using var connection = await database.Database.OpenAsync(CancellationToken.None);

        (await connection.ExecuteScalarAsync<string>("select current_database()")).ShouldNotBeNull().ShouldStartWith("dialer_test_");
        (await connection.ExecuteScalarAsync<long>("select count(*) from account")).ShouldBe(0);
    }
}
