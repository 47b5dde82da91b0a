import Testing

@testable import Workflows

@Suite struct SecretMaskTests {
    @Test func eachLineOfASecretIsHiddenTheLongestFirst() {
        let mask = SecretMask(["begin\nabc\nmiddle", "begin-and-more"])
        #expect(mask.masked("begin middle begin-and-more abc") == "*** *** *** abc")
    }

    @Test func nothingIsHiddenWhereThereAreNone() {
        #expect(SecretMask().masked("anything") == "anything")
        #expect(SecretMask(["abc", ""]).count == 0)
    }

    @Test(arguments: [
        "c2VjcmV0LXZhbHVl", "dXNlcjpzZWNyZXQtdmFsdWU6", "eHNlY3JldC12YWx1ZXg=", "eHhzZWNyZXQtdmFsdWV4eA==",
    ])
    func itsBase64IsHiddenWhereverItStands(_ encoded: String) {
        // secret-value alone, in user:…:, behind one and behind two others.
        let shown = SecretMask(["secret-value"]).masked(encoded)
        #expect(shown.contains("***") && shown.count <= 12, "\(shown)")
    }

    @Test func jsonStaysJSON() {
        let mask = SecretMask(["12345", "say \"hi\"", "näher"])
        let json = Array(
            #"{"a":12345,"b":"x12345y","c":"say \"hi\"","12345":[1,true,null,"n\u00e4her"]}"#.utf8)
        #expect(
            String(decoding: mask.masked(json: json), as: UTF8.self)
                == #"{"a":"***","b":"x***y","c":"***","***":[1,true,null,"***"]}"#)
        #expect(mask.masked(#"said {"c":"say \"hi\""}"#) == #"said {"c":"***"}"#)
    }
}
