using System.CommandLine;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Host.Commands;

/// <summary><c>./dialer user NAME --roles Supervisor</c>: creates a user, or gives an existing one a new password and roles. The password is read from standard input.</summary>
internal static class UserCommand
{
    public static Command Build()
    {
        var name = new Argument<string>("NAME") { Description = "User name, lower case." };
        var display = new Option<string?>("--display") { Description = "Name shown to others." };
        var roles = new Option<string[]>("--roles") { Description = $"{string.Join(", ", Roles.All)}.", AllowMultipleArgumentsPerToken = true, Required = true };
        var skills = new Option<string[]>("--skills") { Description = "Skills of an agent, such as es.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var team = new Option<string?>("--team") { Description = "Team of an agent; without it, the team stays as it is." };
        var command = new Command("user", "Create a user; the password is read from standard input.") { name, display, roles, skills, team };
        command.SetAction(async (parsed, cancel) =>
        {
            var wrong = parsed.GetRequiredValue(roles).Except(Roles.All).ToList();
            if (wrong.Count > 0)
                return await Fail($"Unknown role {string.Join(", ", wrong)}. Roles are {string.Join(", ", Roles.All)}.");
            var password = (await Console.In.ReadLineAsync(cancel))?.Trim() ?? "";
            if (password.Length < 12)
                return await Fail("Give a password of at least 12 characters on standard input.");
            var connection = new ConfigurationBuilder().AddEnvironmentVariables().Build().GetConnectionString("Postgres");
            if (string.IsNullOrEmpty(connection))
                return await Fail("Set ConnectionStrings__Postgres.");
            try
            {
                await using var source = NpgsqlDataSource.Create(connection);
                await Migrator.RequireCurrentAsync(source, cancel);
                var user = parsed.GetRequiredValue(name);
                var id = await new Users(new Database(source), new Passwords()).PutAsync(
                    user, parsed.GetValue(display) ?? user, password, parsed.GetRequiredValue(roles), parsed.GetRequiredValue(skills), SystemClock.Instance.GetCurrentInstant(), cancel, parsed.GetValue(team));
                await Console.Out.WriteLineAsync($"User {user} has the id {id}.");
                return 0;
            }
            catch (Exception failure) when (failure is NpgsqlException or SchemaException)
            {
                return await Fail(failure.Message);
            }
        });
        return command;
    }

    private static async Task<int> Fail(string message)
    {
        await Console.Error.WriteLineAsync(message);
        return 2;
    }
}
