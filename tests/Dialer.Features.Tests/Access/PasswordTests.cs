using Dialer.Features.Access;

namespace Dialer.Features.Tests.Access;

public sealed class PasswordTests
{
    [Fact]
    public void What_is_stored_is_costly_to_guess_and_no_two_are_alike()
    {
        var passwords = new Passwords();
        var stored = passwords.Hash("a long password");
        stored.ShouldStartWith("pbkdf2-sha512$210000$");
        passwords.Hash("a long password").ShouldNotBe(stored);
        passwords.Verify("a long password", stored).ShouldBeTrue();
        passwords.Verify("another password", stored).ShouldBeFalse();
        passwords.Verify("nobody's password", null).ShouldBeFalse();
    }

    [Fact]
    public void A_password_stored_at_another_cost_is_still_taken() =>
        new Passwords(rounds: 20).Verify("a long password", new Passwords(rounds: 10).Hash("a long password")).ShouldBeTrue();
}
